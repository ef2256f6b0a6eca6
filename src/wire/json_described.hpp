// JsonCodec of described enumerations and structs, member by member.
#pragma once
#include "wire/json_codec.hpp"

namespace greenroom::wire {

template <DescribedEnum T>
struct JsonCodec<T> {
  static const std::vector<std::string_view>& names() {
    static const auto list = []<template <class...> class L, class... E>(L<E...>) {
      return std::vector<std::string_view>{detail::without_trailing_underscore(E::name)...};
    }(boost::describe::describe_enumerators<T>());
    return list;
  }
  static T at(std::size_t index) {
    return [index]<template <class...> class L, class... E>(L<E...>) {
      constexpr T values[] = {E::value...};
      return values[index];
    }(boost::describe::describe_enumerators<T>());
  }
  static std::string_view name(T v) {
    return [v]<template <class...> class L, class... E>(L<E...>) {
      std::string_view found;
      ((E::value == v ? void(found = detail::without_trailing_underscore(E::name)) : void()), ...);
      return found;
    }(boost::describe::describe_enumerators<T>());
  }
  static void read(const boost::json::value& v, const JsonPlace& p, T& out) {
    if (const auto index = detail::read_choice(v, p, names()); index < names().size()) out = at(index);
  }
  static boost::json::value write(T v) { return boost::json::string(name(v)); }
  static void print(T v, std::string& out) { (((out += '"') += name(v)) += '"'); }
  static boost::json::object make(SchemaSet*) { return detail::choice_schema(names()); }
  static boost::json::object schema(const FieldRule&, SchemaSet* set) {
    return detail::named_schema(set, detail::type_name<T>(), &make);
  }
};

template <DescribedStruct T>
struct JsonCodec<T> {
  static void read(const boost::json::value& v, const JsonPlace& p, T& out) {
    const auto* object = detail::read_object(v, p, false);
    if (!object) return;
    [&]<template <class...> class L, class... D>(L<D...>) {
      (read_member<D>(*object, p, out), ...);
    }(detail::Members<T>());
  }
  static boost::json::value write(const T& v) {
    boost::json::object object;
    [&]<template <class...> class L, class... D>(L<D...>) {
      object.reserve(sizeof...(D));
      (write_member<D>(object, v), ...);
    }(detail::Members<T>());
    return object;
  }
  static void print(const T& v, std::string& out) {
    out += '{';
    [&]<template <class...> class L, class... D>(L<D...>) {
      [[maybe_unused]] bool first = true;
      (print_member<D>(v, first, out), ...);
    }(detail::Members<T>());
    out += '}';
  }
  static boost::json::object schema(const FieldRule&, SchemaSet* set) {
    return detail::named_schema(set, detail::type_name<T>(), &make);
  }
  static boost::json::object make(SchemaSet* set) {
    boost::json::object properties;
    boost::json::array required;
    [&]<template <class...> class L, class... D>(L<D...>) {
      (schema_member<D>(properties, required, set), ...);
    }(detail::Members<T>());
    boost::json::object object{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) object["required"] = std::move(required);
    return object;
  }

 private:
  template <class D>
  using Value = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;

  template <class D>
  static void read_member(const boost::json::object& object, const JsonPlace& p, T& out) {
    const FieldRule rule = detail::rule_of<T>(D::name);
    const JsonPlace place = p.member(detail::wire_name<D>.view(), rule);
    const bool may_be_absent = detail::is_optional<Value<D>> || rule.defaulted;
    const auto* value = detail::reads_null<Value<D>>
                            ? object.if_contains(detail::wire_name<D>.view())
                            : detail::find_member(object, detail::wire_name<D>.view(), place, may_be_absent);
    if (value) {
      JsonCodec<Value<D>>::read(*value, place, out.*D::pointer);
    }
  }
  template <class D>
  static void write_member(boost::json::object& object, const T& v) {
    if constexpr (detail::is_optional<Value<D>>) {
      if (!(v.*D::pointer)) return;
    }
    object.emplace(detail::wire_name<D>.view(), JsonCodec<Value<D>>::write(v.*D::pointer));
  }
  template <class D>
  static void print_member(const T& v, bool& first, std::string& out) {
    if constexpr (detail::is_optional<Value<D>>) {
      if (!(v.*D::pointer)) return;
    }
    if (!std::exchange(first, false)) out += ',';
    ((out += '"') += detail::wire_name<D>.view()) += "\":";
    wire::print(v.*D::pointer, out);
  }
  template <class D>
  static void schema_member(boost::json::object& properties, boost::json::array& required, SchemaSet* set) {
    const FieldRule rule = detail::rule_of<T>(D::name);
    properties.emplace(detail::wire_name<D>.view(), JsonCodec<Value<D>>::schema(rule, set));
    if (!detail::is_optional<Value<D>> && !rule.defaulted) required.emplace_back(detail::wire_name<D>.view());
  }
};

}  // namespace greenroom::wire
