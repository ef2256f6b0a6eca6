// What goes wrong, as an answer: the one table from error codes and kinds to HTTP statuses and titles (RFC 9457).
// Nothing below api knows a status. Pure functions over values.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/http.hpp"
#include "wire/json.hpp"

namespace greenroom::api {

struct ProblemField {
  std::string field;  // "codecs[0].mimeType"
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ProblemField, (), (field, message))

struct Problem {
  std::string type;  // "/problems/upload.wrong_offset": stable, never translated
  std::string title;
  int status = 500;
  std::string detail;
  std::string request_id;
  std::optional<std::vector<ProblemField>> errors;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, detail, request_id, errors))

// Errors of the HTTP interface itself.
inline constexpr base::ErrorCode error_fields{base::ErrorKind::invalid, "api.invalid_fields"};
inline constexpr base::ErrorCode error_json{base::ErrorKind::invalid, "api.invalid_json"};
inline constexpr base::ErrorCode error_media_type{base::ErrorKind::unsupported, "api.unsupported_media_type"};
inline constexpr base::ErrorCode error_no_route{base::ErrorKind::not_found, "api.no_such_route"};
inline constexpr base::ErrorCode error_method{base::ErrorKind::unsupported, "api.method_not_allowed"};
inline constexpr base::ErrorCode error_foreign_origin{base::ErrorKind::forbidden, "api.foreign_origin"};
inline constexpr base::ErrorCode error_too_often{base::ErrorKind::exhausted, "api.too_often"};
inline constexpr base::ErrorCode error_precondition{base::ErrorKind::precondition, "api.precondition_failed"};
inline constexpr base::ErrorCode error_if_match{base::ErrorKind::invalid, "api.if_match"};
inline constexpr base::ErrorCode error_idempotency_key{base::ErrorKind::invalid, "api.idempotency_key"};
inline constexpr base::ErrorCode error_busy{base::ErrorKind::unavailable, "api.busy"};
inline constexpr base::ErrorCode error_exception{base::ErrorKind::internal, "api.exception"};

int status_of(const base::ErrorCode& code);
Problem make_problem(const base::Error& error, std::string_view request_id);

// An answer whose problem somebody else has put into words: Content-Type and Cache-Control, and nothing more.
net::Response problem_document(int status, std::string json);

// 401 carries WWW-Authenticate; 429, 503 and an idempotency key in use carry Retry-After.
net::Response problem_response(const Problem& problem);
net::Response problem_response(const base::Error& error, std::string_view request_id);
net::Response problem_response(const std::vector<wire::FieldError>& errors, std::string_view request_id);

}  // namespace greenroom::api
