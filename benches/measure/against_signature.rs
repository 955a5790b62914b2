//! One bare RSA-2048 signature, the work that no sign-on can do without.

use openssl::md::Md;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;

/// Its name in what is printed.
pub const NAME: &str = "bare RSA-2048 signature";

/// Signs a digest that is there already, in a context that is kept.
pub fn bare_signature(key: &PKey<Private>) -> anyhow::Result<impl FnMut() -> anyhow::Result<()>> {
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    context.set_rsa_padding(Padding::PKCS1)?;
    context.set_signature_md(Md::sha256())?;
    Ok(move || {
        let mut value = Vec::new();
        context.sign_to_vec(&[42; 32], &mut value)?;
        anyhow::ensure!(value.len() == 256);
        Ok(())
    })
}
