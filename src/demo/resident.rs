//! A scripted resident: acts only by pointer events at the coordinates of elements found by role and label.
//!
//! It calls no callback and sets no property. An element that is missing, disabled, off the screen or covered
//! by another one cannot be touched, and the visit fails.

use std::ops::ControlFlow;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementRoot};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition};
use thiserror::Error;

/// Frames that the screen gets to follow a change of data: models, conditions, layout.
const SETTLE: Duration = Duration::from_millis(50);

/// Why a resident cannot do something.
#[derive(Debug, Error)]
pub enum ResidentError {
    /// Nothing on the screen is called so.
    #[error("nothing on the screen is called “{label}”; there is: {seen}")]
    Missing {
        /// What was looked for.
        label: String,
        /// What can be touched.
        seen: String,
    },
    /// It is greyed.
    #[error("“{0}” is disabled")]
    Disabled(String),
    /// It lies outside the screen.
    #[error("“{0}” is off the screen")]
    OffScreen(String),
    /// Something else lies over it.
    #[error("“{label}” is covered by “{by}”")]
    Covered {
        /// What was to be touched.
        label: String,
        /// What is in the way.
        by: String,
    },
}

/// Lets the screen follow what was set.
pub fn settle() {
    i_slint_backend_testing::mock_elapsed_time(SETTLE);
}

/// Touches the element with this label: press and release at its centre.
pub fn tap<W: ComponentHandle + ElementRoot + 'static>(window: &W, label: &str) -> Result<(), ResidentError> {
    let element = find(window, label)?;
    let position = centre(&element);
    reachable(window, &element, label, position)?;
    let target = window.window();
    target.dispatch_event(WindowEvent::PointerMoved { position });
    target.dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
    settle();
    target.dispatch_event(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
    target.dispatch_event(WindowEvent::PointerExited);
    settle();
    Ok(())
}

/// Labels of everything that can be touched now.
pub fn touchable<W: ComponentHandle + ElementRoot + 'static>(window: &W) -> Vec<String> {
    elements(window).iter().filter(|element| is_control(element)).filter_map(label_of).collect()
}

/// Every text that is shown now.
pub fn texts<W: ComponentHandle + ElementRoot + 'static>(window: &W) -> Vec<String> {
    elements(window).iter().filter_map(label_of).collect()
}

fn label_of(element: &ElementHandle) -> Option<String> {
    element.accessible_label().map(Into::into).filter(|label: &String| !label.is_empty())
}

fn elements<W: ComponentHandle + ElementRoot + 'static>(window: &W) -> Vec<ElementHandle> {
    let mut found = Vec::new();
    window.root_element().visit_descendants(|element| {
        found.push(element);
        ControlFlow::<()>::Continue(())
    });
    found
}

fn is_control(element: &ElementHandle) -> bool {
    matches!(
        element.accessible_role(),
        Some(
            AccessibleRole::Button
                | AccessibleRole::Checkbox
                | AccessibleRole::Tab
                | AccessibleRole::RadioButton
                | AccessibleRole::ListItem
                | AccessibleRole::Switch
                | AccessibleRole::TextInput
        )
    )
}

fn find<W: ComponentHandle + ElementRoot + 'static>(
    window: &W,
    label: &str,
) -> Result<ElementHandle, ResidentError> {
    let named = |element: &ElementHandle| label_of(element).as_deref() == Some(label);
    let found = elements(window).into_iter().find(|element| is_control(element) && named(element));
    found.ok_or_else(|| ResidentError::Missing {
        label: label.to_owned(),
        seen: touchable(window).join(" | "),
    })
}

fn centre(element: &ElementHandle) -> LogicalPosition {
    let (position, size) = (element.absolute_position(), element.size());
    LogicalPosition::new(position.x + size.width / 2.0, position.y + size.height / 2.0)
}

fn reachable<W: ComponentHandle + ElementRoot + 'static>(
    window: &W,
    element: &ElementHandle,
    label: &str,
    at: LogicalPosition,
) -> Result<(), ResidentError> {
    if element.accessible_enabled() == Some(false) {
        return Err(ResidentError::Disabled(label.to_owned()));
    }
    let size = window.window().size().to_logical(window.window().scale_factor());
    if at.x < 0.0 || at.y < 0.0 || at.x >= size.width || at.y >= size.height {
        return Err(ResidentError::OffScreen(label.to_owned()));
    }
    // Later elements are drawn over earlier ones: the last control at this point gets the touch.
    let top = elements(window).into_iter().rfind(|other| is_control(other) && contains(other, at));
    match top.as_ref().and_then(label_of) {
        Some(by) if by != label => Err(ResidentError::Covered { label: label.to_owned(), by }),
        _ => Ok(()),
    }
}

fn contains(element: &ElementHandle, at: LogicalPosition) -> bool {
    let (position, size) = (element.absolute_position(), element.size());
    (position.x..position.x + size.width).contains(&at.x)
        && (position.y..position.y + size.height).contains(&at.y)
}
