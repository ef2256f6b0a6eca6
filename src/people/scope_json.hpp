// Scopes in JSON: their names. Included where a struct with scopes is read or printed.
#pragma once
#include "people/scopes.hpp"
#include "people/values.hpp"
#include "wire/json.hpp"

template <>
struct greenroom::wire::JsonCodec<greenroom::people::Scope> {
  using Scope = greenroom::people::Scope;
  static const std::vector<std::string_view>& names() {
    static const std::vector<std::string_view> list(people::all_scope_names().begin(), people::all_scope_names().end());
    return list;
  }
  static void read(const boost::json::value& v, const JsonPlace& p, Scope& out) {
    if (const auto index = detail::read_choice(v, p, names()); index < names().size()) out = Scope(index);
  }
  static boost::json::value write(Scope v) { return boost::json::string(people::scope_name(v)); }
  static boost::json::object make(SchemaSet*) { return detail::choice_schema(names()); }
  static boost::json::object schema(const FieldRule&, SchemaSet* set) {
    return detail::named_schema(set, "Scope", &make);
  }
};
