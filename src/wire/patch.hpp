// A member of a PATCH body that may also be taken away: absent keeps what there is, null clears it (RFC 7396 §1), a
// value replaces it. For members whose thing is optional; the others are std::optional.
#pragma once
#include <optional>
#include <utility>

#include "wire/json.hpp"

namespace greenroom::wire {

template <class T>
class Patch {
 public:
  Patch() = default;
  Patch(std::optional<T> to) : said_(true), to_(std::move(to)) {}
  Patch(T to) : said_(true), to_(std::move(to)) {}

  explicit operator bool() const { return said_; }  // it says something
  const std::optional<T>& to() const { return to_; }
  void apply(std::optional<T>& value) const {
    if (said_) value = to_;
  }

 private:
  bool said_ = false;
  std::optional<T> to_;
};

namespace detail {
template <class T>
inline constexpr bool is_optional<Patch<T>> = true;
template <class T>
inline constexpr bool reads_null<Patch<T>> = true;
}  // namespace detail

template <class T>
struct JsonCodec<Patch<T>> {
  static void read(const boost::json::value& v, const JsonPlace& p, Patch<T>& out) {
    std::optional<T> to;
    JsonCodec<std::optional<T>>::read(v, p, to);
    out = Patch<T>(std::move(to));
  }
  static boost::json::value write(const Patch<T>& v) { return JsonCodec<std::optional<T>>::write(v.to()); }
  static boost::json::object schema(const FieldRule& rule, SchemaSet* set) {
    return {{"anyOf", boost::json::array{JsonCodec<T>::schema(rule, set), boost::json::object{{"type", "null"}}}}};
  }
};

}  // namespace greenroom::wire
