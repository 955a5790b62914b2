//! XML Encryption for one service provider (SAML Core 2.2.4, 2.3.4, xmlenc-core 3, 5): a finished
//! element in, an EncryptedAssertion or EncryptedID out, canonical as all that we write. The content
//! key and the initialisation vector are made here, afresh for every element, since one used twice
//! would give the content away; OpenSSL's generator makes them, and no caller can. Nothing in clear
//! is kept.

use openssl::encrypt::Encrypter;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Public};
use openssl::rand::rand_bytes;
use openssl::rsa::Padding;
use openssl::symm::{Cipher, encrypt, encrypt_aead};
use openssl::x509::X509;
use zeroize::Zeroizing;

use crate::domain::connector::{CertificateUse, SpCertificate};
use crate::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use crate::saml::base64_text;
use crate::saml::urns::{
    DIGEST_SHA1, DIGEST_SHA256, ENCRYPTION_AES128_CBC, ENCRYPTION_AES128_GCM,
    ENCRYPTION_AES256_CBC, ENCRYPTION_AES256_GCM, ENCRYPTION_TYPE_ELEMENT, KEY_TRANSPORT_OAEP,
    KEY_TRANSPORT_OAEP_MGF1P, MGF1_SHA256, NS_ASSERTION, NS_DSIG, NS_XMLENC, NS_XMLENC11,
};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// The longest tag that GCM has, and the one that XML Encryption wants (xmlenc-core1 5.2.4).
const GCM_TAG_OCTETS: usize = 16;

/// Why an element cannot be encrypted. Never answered by sending it in clear.
#[derive(Debug, thiserror::Error)]
pub enum EncryptionError {
    #[error(transparent)]
    Forbidden(#[from] ForbiddenCharacter),
    #[error("encryption failed: {0}")]
    OpenSsl(#[from] ErrorStack),
}

/// Whom a ciphertext is for.
#[derive(Debug, Clone)]
pub struct Recipient {
    key: PKey<Public>,
    /// DER in base64, so that a service provider with several keys knows which one to take.
    certificate: String,
}

impl Recipient {
    /// The first RSA certificate that is registered for encryption alone, else the first that is
    /// registered for both uses; one for signing is never taken. `None`: there is nobody to
    /// encrypt for. As with signatures, a certificate only carries a key: its dates are not asked.
    pub fn of(certificates: &[SpCertificate]) -> Option<Self> {
        [CertificateUse::Encryption, CertificateUse::Both]
            .into_iter()
            .flat_map(|wanted| certificates.iter().filter(move |one| one.use_for == wanted))
            .find_map(|certificate| Self::read(&certificate.pem))
    }

    fn read(pem: &str) -> Option<Self> {
        let certificate = X509::from_pem(pem.as_bytes()).ok()?;
        let key = certificate.public_key().ok()?;
        let der = certificate.to_der().ok()?;
        (key.id() == Id::RSA).then(|| Self {
            key,
            certificate: base64_text::encode(&der),
        })
    }
}

/// What is encrypted, how, and for whom.
#[derive(Debug, Clone)]
pub struct Encryption {
    pub choice: EncryptionChoice,
    pub recipient: Recipient,
}

impl Encryption {
    /// The EncryptedAssertion of a finished assertion, which has to stand on its own: all its
    /// namespaces declared on it, its signature inside.
    pub fn assertion(&self, assertion: &str) -> Result<String, EncryptionError> {
        let declared = [("xmlns:saml", NS_ASSERTION)];
        self.wrapped(("saml:EncryptedAssertion", &declared), assertion)
    }

    /// The EncryptedID of a finished NameID that stands on its own; to be put where `saml` is
    /// declared, inside an assertion.
    pub fn name_id(&self, name_id: &str) -> Result<String, EncryptionError> {
        self.wrapped(("saml:EncryptedID", &[]), name_id)
    }

    fn wrapped(
        &self,
        (wrapper, declared): (&str, &[(&str, &str)]),
        plain: &str,
    ) -> Result<String, EncryptionError> {
        let suite = Suite::of(self.choice.algorithm);
        let content_key = fresh(suite.cipher.key_len())?;
        let content = suite.encrypt(&content_key, plain.as_bytes())?;
        let encrypted_key = self.transport(&content_key)?;
        let mut writer = XmlWriter::new();
        writer.start(wrapper, declared);
        let data = [("xmlns:xenc", NS_XMLENC), ("Type", ENCRYPTION_TYPE_ELEMENT)];
        writer.start("xenc:EncryptedData", &data);
        let method = [("Algorithm", suite.uri)];
        writer.leaf("xenc:EncryptionMethod", &method, "");
        writer.start("ds:KeyInfo", &[("xmlns:ds", NS_DSIG)]);
        self.write_key(&mut writer, &encrypted_key);
        writer.end("ds:KeyInfo");
        write_cipher_data(&mut writer, &content);
        writer.end("xenc:EncryptedData");
        writer.end(wrapper);
        Ok(writer.finish()?)
    }

    /// The EncryptedKey inside the KeyInfo of what it opens, where all readers look for it.
    fn write_key(&self, writer: &mut XmlWriter, encrypted_key: &[u8]) {
        writer.start("xenc:EncryptedKey", &[]);
        match self.choice.key_transport {
            KeyTransport::RsaOaep => {
                let method = [("Algorithm", KEY_TRANSPORT_OAEP_MGF1P)];
                writer.start("xenc:EncryptionMethod", &method);
                writer.leaf("ds:DigestMethod", &[("Algorithm", DIGEST_SHA1)], "");
            }
            KeyTransport::RsaOaepSha256 => {
                let method = [("Algorithm", KEY_TRANSPORT_OAEP)];
                writer.start("xenc:EncryptionMethod", &method);
                writer.leaf("ds:DigestMethod", &[("Algorithm", DIGEST_SHA256)], "");
                let mgf = [("xmlns:xenc11", NS_XMLENC11), ("Algorithm", MGF1_SHA256)];
                writer.leaf("xenc11:MGF", &mgf, "");
            }
        }
        writer.end("xenc:EncryptionMethod");
        writer.start("ds:KeyInfo", &[]);
        writer.start("ds:X509Data", &[]);
        writer.leaf("ds:X509Certificate", &[], &self.recipient.certificate);
        writer.end("ds:X509Data");
        writer.end("ds:KeyInfo");
        write_cipher_data(writer, encrypted_key);
        writer.end("xenc:EncryptedKey");
    }

    fn transport(&self, content_key: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let digest = match self.choice.key_transport {
            KeyTransport::RsaOaep => MessageDigest::sha1(),
            KeyTransport::RsaOaepSha256 => MessageDigest::sha256(),
        };
        let mut encrypter = Encrypter::new(&self.recipient.key)?;
        encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        encrypter.set_rsa_oaep_md(digest)?;
        encrypter.set_rsa_mgf1_md(digest)?;
        let mut encrypted = vec![0; encrypter.encrypt_len(content_key)?];
        let length = encrypter.encrypt(content_key, &mut encrypted)?;
        encrypted.truncate(length);
        Ok(encrypted)
    }
}

fn write_cipher_data(writer: &mut XmlWriter, octets: &[u8]) {
    writer.start("xenc:CipherData", &[]);
    writer.leaf("xenc:CipherValue", &[], &base64_text::encode(octets));
    writer.end("xenc:CipherData");
}

struct Suite {
    uri: &'static str,
    cipher: Cipher,
    is_gcm: bool,
}

impl Suite {
    fn of(algorithm: EncryptionAlgorithm) -> Self {
        let (uri, cipher, is_gcm) = match algorithm {
            EncryptionAlgorithm::Aes256Gcm => (ENCRYPTION_AES256_GCM, Cipher::aes_256_gcm(), true),
            EncryptionAlgorithm::Aes128Gcm => (ENCRYPTION_AES128_GCM, Cipher::aes_128_gcm(), true),
            EncryptionAlgorithm::Aes256Cbc => (ENCRYPTION_AES256_CBC, Cipher::aes_256_cbc(), false),
            EncryptionAlgorithm::Aes128Cbc => (ENCRYPTION_AES128_CBC, Cipher::aes_128_cbc(), false),
        };
        Self {
            uri,
            cipher,
            is_gcm,
        }
    }

    /// Initialisation vector, ciphertext and, with GCM, tag (xmlenc-core1 5.2). OpenSSL's padding of
    /// CBC is one of those that XML Encryption allows: the last octet says how many there are.
    fn encrypt(&self, key: &[u8], plain: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut octets = fresh(self.cipher.iv_len().unwrap_or_default())?.to_vec();
        let iv = octets.clone();
        if self.is_gcm {
            let mut tag = [0; GCM_TAG_OCTETS];
            octets.extend(encrypt_aead(
                self.cipher,
                key,
                Some(&iv),
                &[],
                plain,
                &mut tag,
            )?);
            octets.extend(tag);
        } else {
            octets.extend(encrypt(self.cipher, key, Some(&iv), plain)?);
        }
        Ok(octets)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "key and initialisation vector of a ciphertext are nobody else's to give"
)]
fn fresh(length: usize) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut octets = Zeroizing::new(vec![0; length]);
    rand_bytes(&mut octets)?;
    Ok(octets)
}
