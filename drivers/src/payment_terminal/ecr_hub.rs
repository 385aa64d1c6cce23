//! ECR-Hub terminals on a serial port; protocols E4 and M.

mod answer;
mod driver;
pub mod frame;
mod hub_link;
pub mod message;
mod request;
mod sale;
mod settings;

pub use driver::EcrHub;
pub use settings::EcrHubSettings;
