//! GTK's dialogs. Every function here runs on GTK's thread and returns at once; the answer is told when it comes.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use app::confirm::Question;
use gtk::prelude::*;
use gtk::{
    ApplicationWindow, ButtonsType, DialogFlags, FileChooserAction, FileChooserNative, Label, MessageDialog,
    MessageType, PolicyType, ResponseType, ScrolledWindow,
};
use tokio::sync::oneshot;

/// The window that a dialog belongs to.
pub(super) type Parent = ApplicationWindow;
/// Closes a dialog, if it is still open.
pub(super) type Close = Box<dyn FnOnce()>;

/// The "yes" of a question works after this.
const FIRST_MOMENT: Duration = Duration::from_millis(700);
/// Width of the text, characters: a full address, an everHash or a digest stands on one line with its name.
const WIDTH_CHARS: i32 = 84;
/// Height of the text at most, pixels; more is scrolled.
const HEIGHT_MAX: i32 = 420;

/// Asks; tells whether the answer was yes.
pub(super) fn ask(parent: Option<&Parent>, question: &Question, tell: oneshot::Sender<bool>) -> Close {
    let flags = DialogFlags::MODAL | DialogFlags::DESTROY_WITH_PARENT;
    let dialog = MessageDialog::new(parent, flags, MessageType::Question, ButtonsType::None, &question.title);
    dialog.set_title(&question.title);
    if let Ok(area) = dialog.message_area().downcast::<gtk::Box>() {
        area.add(&facts(&question.text));
    }
    let no = dialog.add_button(&question.no, ResponseType::Reject);
    let yes = dialog.add_button(&question.yes, ResponseType::Accept);
    dialog.set_default_response(ResponseType::Reject);
    yes.set_sensitive(false);
    gtk::glib::timeout_add_local_once(FIRST_MOMENT, move || yes.set_sensitive(true));
    let tell = Cell::new(Some(tell));
    dialog.connect_response(move |dialog, response| {
        if let Some(tell) = tell.take() {
            // Nobody waits any more: then the answer counts for nothing.
            let _ = tell.send(response == ResponseType::Accept);
            dialog.close();
        }
    });
    dialog.show_all();
    no.grab_focus();
    dialog.present();
    Box::new(move || dialog.close())
}

/// The facts, one a line, in letters that cannot be mistaken for each other. Not selectable: the focus belongs to "no".
fn facts(text: &str) -> ScrolledWindow {
    let label = Label::new(Some(text));
    label.style_context().add_class("monospace");
    label.set_xalign(0.0);
    label.set_line_wrap(true);
    label.set_line_wrap_mode(gtk::pango::WrapMode::WordChar);
    label.set_width_chars(WIDTH_CHARS);
    label.set_max_width_chars(WIDTH_CHARS);
    let scrolled = ScrolledWindow::builder()
        .hscrollbar_policy(PolicyType::Never)
        .vscrollbar_policy(PolicyType::Automatic)
        .propagate_natural_height(true)
        .max_content_height(HEIGHT_MAX)
        .build();
    scrolled.add(&label);
    scrolled
}

/// Asks for a file: a new one of this proposed name, or one to read.
pub(super) fn choose(
    parent: Option<&Parent>,
    title: &str,
    new_name: Option<&str>,
    tell: oneshot::Sender<Option<PathBuf>>,
) -> Close {
    let action = if new_name.is_some() { FileChooserAction::Save } else { FileChooserAction::Open };
    let chooser = FileChooserNative::new(Some(title), parent, action, None, None);
    chooser.set_modal(true);
    chooser.set_local_only(true);
    if let Some(name) = new_name {
        chooser.set_current_name(name);
        chooser.set_do_overwrite_confirmation(true);
    }
    let tell = Cell::new(Some(tell));
    chooser.connect_response(move |chooser, response| {
        if let Some(tell) = tell.take() {
            let chosen = (response == ResponseType::Accept).then(|| chooser.filename()).flatten();
            let _ = tell.send(chosen);
        }
    });
    chooser.show();
    Box::new(move || chooser.destroy())
}
