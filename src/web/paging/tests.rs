//! Queries, and short lists cut into pages.

use serde_json::json;

use super::*;

fn parsed(query: &str) -> Result<ListQuery, Problem> {
    parse(query, &["state", "location"])
}

#[test]
fn parameters_of_a_list() {
    let query = parsed("limit=500&cursor=abc&q=J%C3%BCrgen+M&state=ACTIVATED&location=").unwrap();
    assert_eq!(query.limit, Some(500));
    assert_eq!(query.cursor.as_deref(), Some("abc"));
    assert_eq!(query.q.as_deref(), Some("Jürgen M"));
    let filters: Vec<_> = query.filters.into_iter().collect();
    assert_eq!(
        filters,
        [
            ("location".to_owned(), String::new()),
            ("state".to_owned(), "ACTIVATED".to_owned())
        ]
    );
}

#[test]
fn whatever_the_list_does_not_know_is_refused() {
    for query in [
        "limit=0",
        "limit=501",
        "limit=",
        "limit=ten",
        "limit=-1",
        "limit=1.5",
        "limit=5&limit=5",
        "State=ACTIVATED",
        "offset=1",
        "q=%00",
        "state=A%0AB",
        "=",
        "location=a&location=b",
    ] {
        assert!(parsed(query).is_err(), "{query}");
    }
    assert!(parsed("").is_ok());
    assert!(parse_page("limit=5&cursor=abc").is_ok());
    assert!(parse_page("q=a").is_err());
    assert!(parse_page("state=A").is_err());
    assert!(refuse_parameters("").is_ok());
    assert!(refuse_parameters("limit=5").is_err());
}

fn items() -> Vec<serde_json::Value> {
    ["ant", "bee", "Cicada", "dor"]
        .into_iter()
        .map(|name| json!({"group": {"name": name, "id": "1"}, "source": "DIRECT", "size": 3}))
        .collect()
}

#[test]
fn a_short_list_is_paged_to_its_end() {
    let mut query = ListQuery {
        limit: Some(3),
        ..ListQuery::default()
    };
    let first = page_of_whole(items(), &query).unwrap();
    assert_eq!((first.items.len(), first.total), (3, 4));
    query.cursor = first.next;
    let last = page_of_whole(items(), &query).unwrap();
    assert_eq!((last.items.len(), last.next, last.total), (1, None, 4));
    query.cursor = Some("beyond".to_owned());
    assert!(page_of_whole(items(), &query).is_err());
    query.cursor = Some(usize::MAX.to_string());
    assert_eq!(page_of_whole(items(), &query).unwrap().items.len(), 0);
}

#[test]
fn a_short_list_is_searched_and_filtered_as_the_client_sees_it() {
    let count = |query: &str| {
        let query = parse(query, &["source", "size"]).unwrap();
        page_of_whole(items(), &query).unwrap().total
    };
    assert_eq!(count("q=cic"), 1);
    assert_eq!(count("q=direct"), 4);
    assert_eq!(count("source=DIRECT&q=E"), 4);
    assert_eq!(count("source=direct"), 0);
}
