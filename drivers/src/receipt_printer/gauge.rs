//! How much paper is left once its end is near.

use super::Paper;

/// Counts lines since the sensor first saw the end near.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PaperGauge {
    lines_since: Option<u32>,
}

impl PaperGauge {
    /// What a sensor said. A new roll ends the count; silence and a jam change nothing.
    pub(super) fn observe(&mut self, paper: Paper) {
        match paper {
            Paper::Full => self.lines_since = None,
            Paper::Low => self.lines_since = self.lines_since.or(Some(0)),
            Paper::Out | Paper::Unknown | Paper::Jammed => {}
        }
    }

    /// Lines went through the head.
    pub(super) fn printed(&mut self, lines: usize) {
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        self.lines_since = self.lines_since.map(|since| since.saturating_add(lines));
    }

    /// Lines that are left, if the end is near and somebody measured how many were left at first.
    pub(super) fn lines_left(self, at_near_end: u32) -> Option<u32> {
        self.lines_since.filter(|_| at_near_end > 0).map(|since| at_near_end.saturating_sub(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_begins_at_the_near_end_and_ends_with_a_new_roll() {
        let mut gauge = PaperGauge::default();
        gauge.printed(10);
        assert_eq!(gauge.lines_left(400), None);
        gauge.observe(Paper::Low);
        gauge.printed(150);
        gauge.observe(Paper::Unknown);
        gauge.observe(Paper::Low);
        assert_eq!((gauge.lines_left(400), gauge.lines_left(100)), (Some(250), Some(0)));
        assert_eq!(gauge.lines_left(0), None, "nobody measured");
        gauge.observe(Paper::Full);
        assert_eq!(gauge.lines_left(400), None);
    }
}
