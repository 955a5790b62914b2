//! Which Accept headers ask for CSV, and what a cell becomes.

use actix_web::test::TestRequest;

use super::*;

#[test]
fn csv_is_for_those_who_ask_for_it() {
    let check = |accept: &str, wanted: bool| {
        let request = TestRequest::default().insert_header((ACCEPT, accept));
        assert_eq!(is_wanted(&request.to_http_request()), wanted, "{accept}");
    };
    check("text/csv", true);
    check("TEXT/CSV; charset=utf-8", true);
    check("text/csv, application/json;q=0.5", true);
    check("text/csv, */*;q=0.1", true);
    check("application/json, text/csv", false);
    check("application/json, text/csv;q=0.9", false);
    check("*/*", false);
    check("text/csv;q=0", false);
    check("text/html", false);
    assert!(!is_wanted(&TestRequest::default().to_http_request()));
}

#[test]
fn a10_a_cell_is_no_formula() {
    let check = |cell: &str, wanted: &str| {
        let bytes = encode(std::iter::once(vec![cell.to_owned(), "x".to_owned()])).unwrap();
        assert_eq!(bytes, format!("{wanted},x\r\n").as_bytes(), "{cell:?}");
    };
    check("=1+1", "'=1+1");
    check("+1", "'+1");
    check("-1", "'-1");
    check("@x", "'@x");
    check("\tx", "'\tx");
    check("\rx", "\"'\rx\"");
    check("a=b", "a=b");
    check("", "");
    check("'quoted'", "'quoted'");
    check("a,\"b\"\n", "\"a,\"\"b\"\"\n\"");
}
