//! An operation against one bare RSA-2048 signature, the work that no sign-on can do without: CPU
//! time of this thread, in interleaved rounds.

use std::process::ExitCode;

use openssl::md::Md;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;

use crate::measure::{line, percentile, thread_microseconds};

const ROUNDS: usize = 21;

/// What is compared, and how dear it may be.
pub struct Comparison {
    pub name: &'static str,
    /// The operation's median over the signature's, at most.
    pub budget: f64,
    /// In each round.
    pub operations: u32,
}

impl Comparison {
    /// Measures and prints; a failure if the ratio is above the budget.
    pub fn run(
        &self,
        key: &PKey<Private>,
        mut operation: impl FnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<ExitCode> {
        let mut bare = bare_context(key)?;
        let mut sign = || {
            let mut value = Vec::new();
            bare.sign_to_vec(&[42; 32], &mut value)?;
            anyhow::ensure!(value.len() == 256);
            Ok(())
        };
        let (mut operated, mut signed) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let operating = self.microseconds_each(&mut operation)?;
            let signing = self.microseconds_each(&mut sign)?;
            // The first round warms caches, prepares statements and the key's own tables.
            if round > 0 {
                operated.push(operating);
                signed.push(signing);
            }
        }
        self.report(percentile(&mut operated, 50), percentile(&mut signed, 50))
    }

    fn microseconds_each(
        &self,
        operation: &mut impl FnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<f64> {
        let before = thread_microseconds();
        for _ in 0..self.operations {
            operation()?;
        }
        Ok((thread_microseconds() - before) / f64::from(self.operations))
    }

    fn report(&self, operated: f64, signed: f64) -> anyhow::Result<ExitCode> {
        let ratio = operated / signed;
        line(&format!(
            "{} {operated:.1} us, bare RSA-2048 signature {signed:.1} us, ratio {ratio:.3} (at most {:.2})",
            self.name, self.budget
        ))?;
        Ok(if ratio <= self.budget {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The limit: a context that is kept, and a digest that is there already.
fn bare_context(key: &PKey<Private>) -> anyhow::Result<PkeyCtx<Private>> {
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    context.set_rsa_padding(Padding::PKCS1)?;
    context.set_signature_md(Md::sha256())?;
    Ok(context)
}
