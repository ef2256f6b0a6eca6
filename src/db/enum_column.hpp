// Stores an enum described with BOOST_DESCRIBE_ENUM as its name (without the trailing underscore
// of one that would be a keyword). Include it in the .cpp files that read rows.
#pragma once
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include "db/value.hpp"

namespace greenroom::db {

constexpr std::string_view enum_column_name(std::string_view described) {
  if (described.ends_with('_')) described.remove_suffix(1);
  return described;
}

template <class E>
requires(std::is_enum_v<E>&& boost::describe::has_describe_enumerators<E>::value) struct Column<E> {
  static Value write(E v) {
    std::string_view name;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
      if (d.value == v) name = enum_column_name(d.name);
    });
    return std::string(name);
  }
  static bool read(const ValueView& from, E& to) {
    const auto* name = std::get_if<std::string_view>(&from);
    bool found = false;
    if (name) {
      boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (*name == enum_column_name(d.name)) to = d.value, found = true;
      });
    }
    return found;
  }
};

}  // namespace greenroom::db
