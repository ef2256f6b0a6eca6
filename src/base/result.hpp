// Results instead of exceptions: every fallible function that a module shows to others returns Result<T>.
// An error carries a kind (what a caller can do about it), a code (stable, "module.what", never translated)
// and a context for the log. HTTP statuses and words for people exist only in api.
#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace greenroom::base {

enum class ErrorKind {
  invalid,       // the caller's input is wrong
  unauthorized,  // who are you
  forbidden,     // you may not
  not_found,     // no such thing
  conflict,      // the thing is in another state than you think
  precondition,  // the thing has changed since you looked (the revision that you named is not its own)
  gone,          // it was there once
  too_large,     // over a declared limit
  unsupported,   // a format or version we do not speak
  exhausted,     // a limit of rate or capacity: try later
  unavailable,   // a dependency does not answer: try later
  corrupt,       // stored or received bytes contradict themselves
  io,            // the operating system said no
  internal,      // our own fault
};

// One constant per error, declared by the module that returns it: inline constexpr ErrorCode wrong_offset{...}.
struct ErrorCode {
  ErrorKind kind;
  std::string_view name;  // "upload.wrong_offset"
  friend bool operator==(const ErrorCode& a, const ErrorCode& b) { return a.name == b.name; }
};

struct Error {
  ErrorCode code;
  std::string what;     // a sentence fit for the person or program that called us
  std::string context;  // for the log only
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string what, std::string context = {}) {
  return tl::unexpected<Error>(Error{code, std::move(what), std::move(context)});
}

}  // namespace greenroom::base

// GREENROOM_TRY(auto x, f()): x is f()'s value, or the enclosing function returns f()'s error.
#define GREENROOM_TRY_CAT2(a, b) a##b
#define GREENROOM_TRY_CAT(a, b) GREENROOM_TRY_CAT2(a, b)
#define GREENROOM_TRY_IMPL(tmp, declaration, ...)          \
  auto tmp = (__VA_ARGS__);                                \
  if (!tmp) return tl::unexpected(std::move(tmp).error()); \
  declaration = *std::move(tmp)
#define GREENROOM_TRY(declaration, ...) \
  GREENROOM_TRY_IMPL(GREENROOM_TRY_CAT(greenroom_try_, __COUNTER__), declaration, __VA_ARGS__)
// GREENROOM_CHECK_OK(f()): the enclosing function returns f()'s error, if any. f() returns a Result of anything.
#define GREENROOM_CHECK_OK(...)                                                                    \
  do {                                                                                             \
    if (auto status_ = (__VA_ARGS__); !status_) return tl::unexpected(std::move(status_).error()); \
  } while (false)
