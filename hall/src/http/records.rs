//! What the hall keeps about one person.

use axum::extract::{Path, State};
use hall_api::{CopyRequest, PrintedCopy, Records, RecordsRequest, Verification};
use utoipa::IntoParams;

use super::Shared;
use super::asker::Asker;
use super::body::{Strict, json};
use super::kiosk::{Answer, OneOf, Refused};

/// A printed code in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the code is read as text")]
struct CodePath {
    /// As printed, without blanks.
    #[param(pattern = "^[0-9A-Z]{16}$")]
    code: String,
}

/// Applications and certificates of one person.
#[utoipa::path(
    post, path = "/v1/persons/records", tag = "kiosk", request_body = RecordsRequest,
    responses(
        (status = 200, description = "Done", body = Records),
        Refused,
    ),
)]
pub(super) async fn records(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<RecordsRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    Ok(json(&shared.desk.records(request).await?))
}

/// Counts a copy of a document and gives what is printed.
#[utoipa::path(post, path = "/v1/copies", tag = "kiosk", request_body = CopyRequest, responses(
    (status = 200, description = "Done", body = PrintedCopy),
    Refused,
))]
pub(super) async fn copy(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<CopyRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    Ok(json(&shared.desk.copy(request).await?))
}

/// What stands behind a printed code.
#[utoipa::path(get, path = "/v1/copies/{code}", tag = "kiosk", params(CodePath), responses(
    (status = 200, description = "Done", body = Verification),
    Refused,
))]
pub(super) async fn verify(State(shared): State<Shared>, code: OneOf) -> Answer {
    let Path(code) = code?;
    Ok(json(&shared.desk.verify(code).await?))
}
