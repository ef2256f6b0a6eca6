// For tests: does an answer match the OpenAPI document? As much of JSON Schema as the document uses.
#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "wire/json.hpp"

namespace greenroom::api {

class SchemaCheck {
 public:
  explicit SchemaCheck(boost::json::object document) : document_(std::move(document)) {}

  // What does not match, as "path: what"; empty when all does.
  std::vector<std::string> check(const boost::json::value& value, const boost::json::object& schema) const {
    std::vector<std::string> problems;
    walk(value, schema, "$", problems);
    return problems;
  }
  const boost::json::object& document() const { return document_; }

  // What is wrong with an answer of an operation that the document knows; empty when nothing is: its status is
  // declared (a problem may be the default), its media type is, it has a body exactly when one is declared, and the
  // body matches its schema.
  std::vector<std::string> check_answer(std::string_view pattern, std::string_view method, int status,
                                        std::string_view content_type, bool has_body,
                                        const boost::json::value& json) const {
    const auto* operation = find_operation(pattern, method);
    if (!operation) return {"the document does not know this operation"};
    const auto* answer = find_answer(*operation, status);
    if (!answer) return {fmt::format("the document does not know {} here", status)};
    const auto* content = answer->if_contains("content");
    if (!content) return has_body ? Problems{"has a body that the document does not know"} : Problems{};
    if (!has_body) return {"has no body"};
    const auto* media = content->as_object().if_contains(content_type.substr(0, content_type.find(';')));
    if (!media && !content_type.empty()) media = content->as_object().if_contains("*/*");
    if (!media) return {fmt::format("the document does not know {} here", content_type)};
    const auto& schema = media->at("schema").as_object();
    return schema.empty() ? Problems{} : check(json, schema);
  }
  std::vector<std::string> check_problem(const boost::json::value& json) const {
    return check(json, document_.at("components").at("schemas").at("Problem").as_object());
  }

 private:
  using Problems = std::vector<std::string>;

  const boost::json::object* find_operation(std::string_view pattern, std::string_view method) const {
    const auto* path = document_.at("paths").as_object().if_contains(pattern);
    const auto* operation = path ? path->as_object().if_contains(method) : nullptr;
    return operation ? &operation->as_object() : nullptr;
  }

  const boost::json::object* find_answer(const boost::json::object& operation, int status) const {
    const auto& answers = operation.at("responses").as_object();
    const auto* answer = answers.if_contains(std::to_string(status));
    if (!answer && status >= 400) answer = answers.if_contains("default");
    if (!answer) return nullptr;
    const auto* shared = answer->as_object().if_contains("$ref");
    if (!shared) return &answer->as_object();
    const auto name = shared->as_string().subview(std::string_view("#/components/responses/").size());
    return &document_.at("components").at("responses").at(name).as_object();
  }

  const boost::json::object& resolve(const boost::json::object& schema) const {
    const auto* reference = schema.if_contains("$ref");
    if (!reference) return schema;
    const std::string name(reference->as_string().subview(std::string_view("#/components/schemas/").size()));
    return document_.at("components").at("schemas").at(name).as_object();
  }

  static bool has_type(const boost::json::value& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return type == "number" && value.is_number();
  }

  void walk(const boost::json::value& value, const boost::json::object& given, const std::string& path,
            Problems& problems) const {
    const auto& schema = resolve(given);
    if (const auto* type = schema.if_contains("type"); type && !has_type(value, type->as_string())) {
      problems.push_back(fmt::format("{}: is no {}", path, std::string_view(type->as_string())));
      return;
    }
    check_enum(value, schema, path, problems);
    check_number(value, schema, path, problems);
    if (value.is_object()) walk_object(value.get_object(), schema, path, problems);
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.get_array().size(); ++i) {
        walk(value.get_array()[i], schema.at("items").as_object(), fmt::format("{}[{}]", path, i), problems);
      }
    }
  }

  static void check_enum(const boost::json::value& value, const boost::json::object& schema, const std::string& path,
                         Problems& problems) {
    const auto* names = schema.if_contains("enum");
    if (!names) return;
    for (const auto& name : names->as_array()) {
      if (name == value) return;
    }
    problems.push_back(path + ": is none of the enumerated");
  }

  static void check_number(const boost::json::value& value, const boost::json::object& schema, const std::string& path,
                           Problems& problems) {
    if (!value.is_number()) return;
    const double number = value.to_number<double>();
    if (schema.contains("minimum") && number < schema.at("minimum").to_number<double>())
      problems.push_back(path + ": low");
    if (schema.contains("maximum") && number > schema.at("maximum").to_number<double>())
      problems.push_back(path + ": high");
  }

  void walk_object(const boost::json::object& object, const boost::json::object& schema, const std::string& path,
                   Problems& problems) const {
    if (const auto* required = schema.if_contains("required")) {
      for (const auto& name : required->as_array()) {
        if (!object.contains(name.as_string())) {
          problems.push_back(fmt::format("{}.{}: is missing", path, std::string_view(name.as_string())));
        }
      }
    }
    const auto* properties = schema.if_contains("properties");
    if (!properties) return;
    for (const auto& [name, member] : object) {
      const auto* property = properties->as_object().if_contains(name);
      const std::string at = fmt::format("{}.{}", path, std::string_view(name));
      if (!property) {
        problems.push_back(at + ": is not in the schema");
      } else {
        walk(member, property->as_object(), at, problems);
      }
    }
  }

  boost::json::object document_;
};

}  // namespace greenroom::api
