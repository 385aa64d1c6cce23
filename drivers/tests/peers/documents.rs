//! An A4 job for an IPP printer that others wrote.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use drivers::document_printer::{DocumentJob, DocumentOutcome, DocumentPrinter, IppPrinter, IppSettings};
use drivers::{CancelToken, DeviceState};
use libtest_mimic::{Failed, Trial};

use crate::node::{hex, missing, node};
use crate::require::needs;

pub fn trial() -> Trial {
    let name = "peers::an IPP printer of others takes a document once and says that it is done";
    needs(name, missing("ipp-printer"), takes_a_document)
}

struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn takes_a_document() -> Result<(), Failed> {
    let mut peer = Peer(node("ipp_printer.js").stdout(Stdio::piped()).spawn()?);
    let mut said = BufReader::new(peer.0.stdout.take().ok_or("no output")?).lines();
    let port = said.next().ok_or("the printer did not start")??;
    let settings = IppSettings { job_interval_ms: 10, ..IppSettings::default() };
    let mut printer = IppPrinter::new(&format!("ipp://127.0.0.1:{port}/"), settings)?;
    let status = printer.status()?;
    assert_eq!((status.state, status.fault), (DeviceState::Online, None));

    let pdf = [b"%PDF-1.4\n".as_slice(), &[0, 255].repeat(40_000)].concat();
    let job = DocumentJob { id: "A1B2C3".to_owned(), copy: 0, pdf };
    let mut print = || printer.print(&job, &CancelToken::new(), &mut |_| {});
    assert_eq!(print(), DocumentOutcome::Printed);
    assert_eq!(print(), DocumentOutcome::Printed, "found again by its name");

    let taken = said.next().ok_or("the printer took nothing")??;
    let (name, document) = taken.split_once('\t').ok_or("no job")?;
    assert_eq!((name, hex(document)), (job.name().as_str(), job.pdf.clone()));
    let again = DocumentJob { copy: 1, ..job };
    assert_eq!(printer.print(&again, &CancelToken::new(), &mut |_| {}), DocumentOutcome::Printed);
    let next = said.next().ok_or("the printer took nothing more")??;
    assert!(next.starts_with(&again.name()), "the same copy was taken twice: {}", &next[..40]);
    Ok(())
}
