//! Who a kiosk is: tokens, certificates, and what the handshake lets in.

mod authority;
mod revoked;
mod tls;
mod token;

pub use self::authority::{Authority, IdentityError};
pub(crate) use self::revoked::Revoked;
pub(crate) use self::tls::{caller_of, enrolling, mutual};
pub(crate) use self::token::{digest_of, new_token};
