//! The bytes of IPP (RFC 8010) and of HTTP/1.1 around them, as much as a small printer knows.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Longest request: a document and its attributes.
const MAX_BODY_BYTES: u64 = 80 * 1024 * 1024;

/// Longest head of a request.
const MAX_HEAD_BYTES: u64 = 16 * 1024;

/// A request as the printer needs it.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) operation: u16,
    pub(super) id: [u8; 4],
    /// First value of each attribute.
    pub(super) attributes: HashMap<String, Vec<u8>>,
    pub(super) document: Vec<u8>,
}

impl Request {
    pub(super) fn text(&self, name: &str) -> String {
        self.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> Option<i32> {
        Some(i32::from_be_bytes(self.attributes.get(name)?.as_slice().try_into().ok()?))
    }
}

/// Reads one POST; `None` for anything else.
pub(super) fn read_request(stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut reader = BufReader::new(stream.take(MAX_BODY_BYTES));
    let (mut length, mut chunked, mut line) = (0, false, String::new());
    let mut head = 0;
    loop {
        line.clear();
        head += reader.read_line(&mut line)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() || u64::try_from(head).unwrap_or(u64::MAX) > MAX_HEAD_BYTES {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if header == "expect: 100-continue" {
            (&mut &*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        chunked |= header == "transfer-encoding: chunked";
    }
    let body = if chunked { read_chunks(&mut reader)? } else { read_exactly(&mut reader, length)? };
    Ok(parse(&body))
}

fn read_exactly(reader: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let (mut body, mut line) = (Vec::new(), String::new());
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
        body.extend(read_exactly(reader, length)?);
        line.clear();
        reader.read_line(&mut line)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Version, operation, id, groups of attributes, 03, document.
fn parse(body: &[u8]) -> Option<Request> {
    let (head, mut rest) = body.split_at_checked(8)?;
    let [1..=2, _, high, low, id @ ..] = head else { return None };
    let mut request = Request {
        operation: u16::from_be_bytes([*high, *low]),
        id: id.try_into().ok()?,
        ..Request::default()
    };
    loop {
        let (&tag, after) = rest.split_first()?;
        rest = after;
        match tag {
            0x03 => break,
            0x01..=0x0F => continue,
            _ => {}
        }
        let (name, after) = sized(rest)?;
        let (value, after) = sized(after)?;
        rest = after;
        if !name.is_empty() {
            request.attributes.insert(String::from_utf8_lossy(name).into_owned(), value.to_vec());
        }
    }
    request.document = rest.to_vec();
    Some(request)
}

/// Two bytes of length, then so many.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// An answer that grows attribute by attribute.
#[derive(Debug)]
pub(super) struct Answer(Vec<u8>);

impl Answer {
    pub(super) fn new(status: u16, id: [u8; 4]) -> Self {
        let mut answer = Self(vec![1, 1]);
        answer.0.extend(status.to_be_bytes());
        answer.0.extend(id);
        answer.group(0x01);
        answer.word(0x47, "attributes-charset", "utf-8");
        answer.word(0x48, "attributes-natural-language", "en");
        answer
    }

    /// Begins a group: 02 a job, 04 the printer.
    pub(super) fn group(&mut self, tag: u8) {
        self.0.push(tag);
    }

    pub(super) fn word(&mut self, tag: u8, name: &str, value: &str) {
        self.value(tag, name, value.as_bytes());
    }

    /// A set of keywords: the second and later values have no name.
    pub(super) fn keywords(&mut self, name: &str, values: &[String]) {
        for (at, value) in values.iter().enumerate() {
            self.word(0x44, if at == 0 { name } else { "" }, value);
        }
    }

    /// 21 an integer, 23 an enumeration.
    pub(super) fn number(&mut self, tag: u8, name: &str, value: i32) {
        self.value(tag, name, &value.to_be_bytes());
    }

    pub(super) fn boolean(&mut self, name: &str, value: bool) {
        self.value(0x22, name, &[u8::from(value)]);
    }

    fn value(&mut self, tag: u8, name: &str, value: &[u8]) {
        self.0.push(tag);
        for part in [name.as_bytes(), value] {
            self.0.extend(u16::try_from(part.len()).unwrap_or(0).to_be_bytes());
            self.0.extend_from_slice(part);
        }
    }

    pub(super) fn send(mut self, mut stream: &TcpStream) -> io::Result<()> {
        self.0.push(0x03);
        let kind = "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nConnection: close";
        let head = format!("{kind}\r\nContent-Length: {}\r\n\r\n", self.0.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.0)
    }
}
