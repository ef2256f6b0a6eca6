#include "api/openapi.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "api/api.hpp"
#include "api/rest/rest.hpp"

namespace greenroom::api {
namespace {

const std::string golden_path = std::string(GREENROOM_SOURCE_DIR) + "/docs/openapi.json";

std::string read_golden() {
  std::ifstream file(golden_path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(OpenApi, IsTheGoldenDocument) {
  const std::string document = openapi_document();
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(golden_path, std::ios::binary) << document;
  EXPECT_EQ(document, read_golden()) << "run api_tests with UPDATE_GOLDEN=1 and say in the commit why it changed";
}

void collect_references(const boost::json::value& value, std::set<std::string>& out) {
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) collect_references(element, out);
  } else if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      if (key == "$ref") out.insert(std::string(member.as_string()));
      collect_references(member, out);
    }
  }
}

TEST(OpenApi, EveryReferenceIsThereAndEveryIdIsUnique) {
  const auto document = describe_routes(rest_routes(nullptr));
  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 15u);
  for (const std::string& reference : references) {
    const auto pointer = reference.substr(1);  // "#/components/schemas/Problem"
    boost::json::error_code error;
    EXPECT_NE(boost::json::value(document).find_pointer(pointer, error), nullptr) << reference;
  }
  std::set<std::string> ids;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      EXPECT_TRUE(ids.insert(std::string(operation.at("operationId").as_string())).second) << path << " " << method;
    }
  }
}

TEST(OpenApi, PathMembersAreParametersAndTheRestIsTheBody) {
  const auto document = describe_routes(rest_routes(nullptr));
  const auto& operation = document.at("paths").at("/api/v1/invites/{token}/join").at("post");
  EXPECT_EQ(operation.at("parameters").at(0).at("name"), "token");
  EXPECT_EQ(operation.at("requestBody").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/GuestJoin");
  const auto& body = document.at("components").at("schemas").at("GuestJoin").as_object();
  EXPECT_FALSE(body.at("properties").as_object().contains("token"));
  EXPECT_EQ(wire::print_json(body.at("required")), R"(["name"])");
}

TEST(OpenApi, RevisionedOperationsSaySo) {
  Operation about;
  about.method = "PATCH";
  about.pattern = "/things";
  about.id = "changeThing";
  about.revisioned = true;
  const std::vector<Route> routes = {
      route(about, [](Context&, Nothing) -> base::Result<Problem> { return Problem(); })};
  const auto operation = describe_routes(routes).at("paths").at("/things").at("patch");
  EXPECT_EQ(operation.at("parameters").at(0).at("name"), "If-Match");
  EXPECT_TRUE(operation.at("responses").as_object().contains("412"));
  EXPECT_TRUE(operation.at("responses").at("200").at("headers").as_object().contains("ETag"));
}

}  // namespace
}  // namespace greenroom::api
