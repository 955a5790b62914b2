// Sends the form of the sign-on page as soon as it has been read. Without scripts the button on
// the page does the same.
document.querySelector("form[data-submit]").submit();
