// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again with its key is answered
// from memory. Only for routes that write JSON answers without secrets: a token or a key is never kept. Runs on the
// blocking pool.
#pragma once
#include <functional>

#include "api/route.hpp"
#include "studio/answers.hpp"

namespace greenroom::api {

inline constexpr std::size_t idempotency_key_max = 255;

bool keeps_answers(const Route& route);

// Runs `run` unless the key has been answered before. Answers of 5xx, those that set a cookie and those too large are
// not kept: the next try runs again.
net::Response answer_once(studio::Answers& answers, const std::string& caller, const Context& context,
                          const std::function<net::Response()>& run);

}  // namespace greenroom::api
