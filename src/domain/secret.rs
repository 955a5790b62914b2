//! Types that hold a secret as text say nothing of themselves but their name, wherever somebody prints them: in a log,
//! in a panic, in a failed test. A test of the architecture finds types that forget it.

/// Writes down a `Debug` that shows the type's name and no field.
macro_rules! shown_by_name {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
pub(crate) use shown_by_name;
