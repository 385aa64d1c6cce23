//! Simulators on real pseudo-terminals.
