#include "app/backup_rows.hpp"

#include <algorithm>

#include "app/archive.hpp"
#include "crypto/encoding.hpp"

namespace greenroom::app {
namespace {

struct ToJson {
  boost::json::value operator()(std::monostate) const { return nullptr; }
  boost::json::value operator()(std::int64_t v) const { return v; }
  boost::json::value operator()(double v) const { return v; }
  boost::json::value operator()(std::string_view v) const { return boost::json::string(v); }
  boost::json::value operator()(base::ByteView v) const {
    return boost::json::object{{"base64", boost::json::string(crypto::to_base64(v))}};
  }
};

tl::unexpected<base::Error> bad_row() { return base::fail(bad_archive, "the backup has a row that cannot be read"); }

base::Result<db::Parameter> parse_value(const boost::json::value& value) {
  if (value.is_null()) return db::Parameter(std::nullopt);
  if (value.is_int64()) return db::Parameter(value.get_int64());
  if (value.is_double()) return db::Parameter(value.get_double());
  if (value.is_string()) return db::Parameter(std::string_view(value.get_string()));
  const auto* object = value.if_object();
  const auto* encoded = object ? object->if_contains("base64") : nullptr;
  if (!encoded || !encoded->is_string()) return bad_row();
  GREENROOM_TRY(const auto bytes, crypto::from_base64(std::string_view(encoded->get_string())));
  return db::Parameter(bytes);
}

}  // namespace

std::string print_row(const db::Row& row) {
  boost::json::array line;
  for (const db::ValueView& value : row.values()) line.push_back(std::visit(ToJson{}, value));
  return wire::print_json(line);
}

base::Result<std::vector<db::Parameter>> parse_row(std::string_view line, std::size_t columns) {
  GREENROOM_TRY(const auto json, wire::parse_json(line));
  const auto* values = json.if_array();
  if (!values || values->size() != columns) return bad_row();
  std::vector<db::Parameter> out;
  for (const auto& value : *values) {
    GREENROOM_TRY(auto parameter, parse_value(value));
    out.push_back(std::move(parameter));
  }
  return out;
}

base::Result<std::vector<db::Table>> in_order_of_reference(std::vector<db::Table> tables) {
  std::vector<db::Table> ordered;
  const auto placed = [&](const std::string& name) {
    return std::any_of(ordered.begin(), ordered.end(), [&](const auto& table) { return table.name == name; });
  };
  while (!tables.empty()) {
    const auto next = std::find_if(tables.begin(), tables.end(), [&](const db::Table& table) {
      return std::all_of(table.references.begin(), table.references.end(),
                         [&](const auto& other) { return other == table.name || placed(other); });
    });
    if (next == tables.end()) return base::fail(db::error_failed, "tables refer to each other in a circle");
    ordered.push_back(std::move(*next));
    tables.erase(next);
  }
  return ordered;
}

}  // namespace greenroom::app
