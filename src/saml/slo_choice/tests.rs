//! Metadata as the field sends it: one binding only, either order, another place for answers.

use super::*;

fn endpoint(binding: EndpointBinding, url: &str, response_url: Option<&str>) -> SloEndpoint {
    SloEndpoint {
        url: url.to_owned(),
        binding,
        response_url: response_url.map(str::to_owned),
    }
}

const POST: EndpointBinding = EndpointBinding::HttpPost;
const REDIRECT: EndpointBinding = EndpointBinding::HttpRedirect;

#[test]
fn a_request_goes_by_redirect_where_that_is_registered() {
    let both = [endpoint(POST, "p", None), endpoint(REDIRECT, "r", None)];
    let chosen = for_request(&both).unwrap();
    assert_eq!((chosen.url, chosen.binding), ("r", REDIRECT));
    let chosen = for_request(&both[..1]).unwrap();
    assert_eq!((chosen.url, chosen.binding), ("p", POST));
    assert_eq!(for_request(&[]), None);
}

/// SAML Metadata 2.2.2: ResponseLocation is where responses go, and only they.
#[test]
fn an_answer_goes_by_the_binding_of_the_request_to_the_place_for_answers() {
    let both = [
        endpoint(POST, "p", Some("p-answers")),
        endpoint(REDIRECT, "r", None),
    ];
    let url = |came_by, registered| for_response(came_by, registered).unwrap().url;
    assert_eq!(url(POST, &both), "p-answers");
    assert_eq!(url(REDIRECT, &both), "r");
    assert_eq!(url(REDIRECT, &both[..1]), "p-answers");
    assert_eq!(for_request(&both[..1]).unwrap().url, "p");
    assert_eq!(for_response(POST, &[]), None);
}
