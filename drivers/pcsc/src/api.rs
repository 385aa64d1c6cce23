//! The calls themselves. Types and constants are those of `winscard.h` and `pcsclite.h` on Linux, where a
//! word is a C `long`.

use std::ffi::{CStr, CString, c_char, c_long, c_ulong, c_void};
use std::ptr;

use libloading::os::unix::{Library, Symbol};

use crate::MAX_ANSWER;
use crate::error::PcscError;

/// DWORD.
pub type Word = c_ulong;
type Code = c_long;

/// SCARDCONTEXT. Only [`Api::establish`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct ContextHandle(c_long);

/// SCARDHANDLE. Only [`Api::connect`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct CardHandle(c_long);

const SCOPE_SYSTEM: Word = 2;
const SHARE_EXCLUSIVE: Word = 1;
const PROTOCOL_ANY: Word = 3;
const RESET_CARD: Word = 1;
const STATE_UNAWARE: Word = 0;
const STATE_PRESENT: Word = 0x20;
const NO_WAIT: Word = 0;

/// MAX_READERS_CONTEXTS names of MAX_READERNAME bytes, and the empty one at the end.
const NAMES_BYTES: usize = 16 * 128 + 1;

/// SCARD_IO_REQUEST.
#[repr(C)]
struct IoRequest {
    protocol: Word,
    length: Word,
}

/// SCARD_READERSTATE.
#[repr(C)]
struct ReaderState {
    reader: *const c_char,
    user_data: *mut c_void,
    current: Word,
    event: Word,
    atr_length: Word,
    atr: [u8; 33],
}

type Establish = unsafe extern "C" fn(Word, *const c_void, *const c_void, *mut c_long) -> Code;
type Release = unsafe extern "C" fn(c_long) -> Code;
type ListReaders = unsafe extern "C" fn(c_long, *const c_char, *mut c_char, *mut Word) -> Code;
type StatusChange = unsafe extern "C" fn(c_long, Word, *mut ReaderState, Word) -> Code;
type Connect = unsafe extern "C" fn(c_long, *const c_char, Word, Word, *mut c_long, *mut Word) -> Code;
type Disconnect = unsafe extern "C" fn(c_long, Word) -> Code;
type Transmit = unsafe extern "C" fn(
    c_long,
    *const IoRequest,
    *const u8,
    Word,
    *mut IoRequest,
    *mut u8,
    *mut Word,
) -> Code;

/// The library and what was found in it.
#[derive(Debug)]
pub struct Api {
    establish: Symbol<Establish>,
    release: Symbol<Release>,
    list_readers: Symbol<ListReaders>,
    status_change: Symbol<StatusChange>,
    connect: Symbol<Connect>,
    disconnect: Symbol<Disconnect>,
    transmit: Symbol<Transmit>,
    /// Last, so that it is closed after the symbols are gone.
    _library: Library,
}

impl Api {
    pub fn open() -> Result<Self, PcscError> {
        // SAFETY: libpcsclite's initialisers only set up its own state.
        let library = unsafe { Library::new("libpcsclite.so.1") }.map_err(|_| PcscError::NoLibrary)?;
        Ok(Self {
            establish: symbol(&library, c"SCardEstablishContext")?,
            release: symbol(&library, c"SCardReleaseContext")?,
            list_readers: symbol(&library, c"SCardListReaders")?,
            status_change: symbol(&library, c"SCardGetStatusChange")?,
            connect: symbol(&library, c"SCardConnect")?,
            disconnect: symbol(&library, c"SCardDisconnect")?,
            transmit: symbol(&library, c"SCardTransmit")?,
            _library: library,
        })
    }

    pub fn establish(&self) -> Result<ContextHandle, PcscError> {
        let mut handle = 0;
        // SAFETY: the two reserved pointers may be null; `handle` outlives the call.
        done(unsafe { (self.establish)(SCOPE_SYSTEM, ptr::null(), ptr::null(), &raw mut handle) })?;
        Ok(ContextHandle(handle))
    }

    pub fn release(&self, context: ContextHandle) {
        // SAFETY: the handle came from `establish`; a stale one is refused by its value.
        let _ = unsafe { (self.release)(context.0) };
    }

    pub fn list_readers(&self, context: ContextHandle) -> Result<Vec<String>, PcscError> {
        let mut names = vec![0_u8; NAMES_BYTES];
        let mut length = word(names.len());
        // SAFETY: null groups mean all; at most `length` bytes are written to `names`, which is as long.
        let code = unsafe {
            (self.list_readers)(context.0, ptr::null(), names.as_mut_ptr().cast(), &raw mut length)
        };
        done(code)?;
        let names = names.split(|byte| *byte == 0).take_while(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    pub fn card_present(&self, context: ContextHandle, reader: &CString) -> Result<bool, PcscError> {
        let mut state = ReaderState {
            reader: reader.as_ptr(),
            user_data: ptr::null_mut(),
            current: STATE_UNAWARE,
            event: 0,
            atr_length: 0,
            atr: [0; 33],
        };
        // SAFETY: one state is announced and given; it and the name it points to outlive the call.
        done(unsafe { (self.status_change)(context.0, NO_WAIT, &raw mut state, 1) })?;
        Ok(state.event & STATE_PRESENT != 0)
    }

    pub fn connect(&self, context: ContextHandle, reader: &CString) -> Result<(CardHandle, Word), PcscError> {
        let (mut handle, mut protocol) = (0, 0);
        // SAFETY: the name ends with 0; both results outlive the call.
        let code = unsafe {
            (self.connect)(
                context.0,
                reader.as_ptr(),
                SHARE_EXCLUSIVE,
                PROTOCOL_ANY,
                &raw mut handle,
                &raw mut protocol,
            )
        };
        done(code)?;
        Ok((CardHandle(handle), protocol))
    }

    pub fn disconnect(&self, card: CardHandle) {
        // SAFETY: the handle came from `connect`; a stale one is refused by its value.
        let _ = unsafe { (self.disconnect)(card.0, RESET_CARD) };
    }

    pub fn transmit(&self, card: CardHandle, protocol: Word, command: &[u8]) -> Result<Vec<u8>, PcscError> {
        let request = IoRequest { protocol, length: word(size_of::<IoRequest>()) };
        let mut answer = vec![0_u8; MAX_ANSWER];
        let mut length = word(answer.len());
        // SAFETY: `command` is read for its length, `answer` written for at most `length`, which is its
        // own; the answer's header may be null.
        let code = unsafe {
            (self.transmit)(
                card.0,
                &raw const request,
                command.as_ptr(),
                word(command.len()),
                ptr::null_mut(),
                answer.as_mut_ptr(),
                &raw mut length,
            )
        };
        done(code)?;
        answer.truncate(usize::try_from(length).unwrap_or(0));
        Ok(answer)
    }
}

/// A function of the library. The caller's type is the one of `winscard.h`.
fn symbol<T>(library: &Library, name: &CStr) -> Result<Symbol<T>, PcscError> {
    // SAFETY: each caller asks for a name of `winscard.h` with the type declared there.
    unsafe { library.get(name.to_bytes_with_nul()) }.map_err(|_| PcscError::NoLibrary)
}

fn done(code: Code) -> Result<(), PcscError> {
    // The codes are 32-bit patterns, in a word that may be wider.
    let bits = code.to_le_bytes().first_chunk().map_or(u32::MAX, |low| u32::from_le_bytes(*low));
    if bits == 0 { Ok(()) } else { Err(PcscError::of(bits)) }
}

fn word(length: usize) -> Word {
    Word::try_from(length).unwrap_or(0)
}
