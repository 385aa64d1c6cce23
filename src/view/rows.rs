//! Lists on the screen: a list that is there already is changed row by row, and only changed rows repaint.

use std::rc::Rc;

use slint::{Model, ModelRc, VecModel};

/// Brings `current` to `rows`; the first time, when it is not yet a list of ours, `replace` gets a new one.
pub(super) fn refresh<T>(current: &ModelRc<T>, rows: Vec<T>, replace: impl FnOnce(ModelRc<T>))
where
    T: Clone + PartialEq + 'static,
{
    let Some(list) = current.as_any().downcast_ref::<VecModel<T>>() else {
        return replace(ModelRc::from(Rc::new(VecModel::from(rows))));
    };
    while list.row_count() > rows.len() {
        list.remove(list.row_count() - 1);
    }
    for (at, row) in rows.into_iter().enumerate() {
        match list.row_data(at) {
            Some(shown) if shown == row => {}
            Some(_) => list.set_row_data(at, row),
            None => list.push(row),
        }
    }
}
