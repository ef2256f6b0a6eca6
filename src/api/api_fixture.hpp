// For tests: the whole HTTP face over a real Studio on SQLite in a directory of its own, driven without sockets and on
// one thread. Every answer is held against the OpenAPI document.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "api/api.hpp"
#include "api/openapi.hpp"
#include "api/rest/rest.hpp"
#include "api/router.hpp"
#include "api/schema_check.hpp"
#include "people/test_people.hpp"
#include "studio/answers.hpp"
#include "studio/studio.hpp"
#include "studio/test_studio.hpp"

namespace greenroom::api {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  net::Headers headers;
  std::string body;
  std::optional<net::SourceBody> file;
  boost::json::value json;  // null unless the body is JSON

  std::string header(std::string_view name) const { return std::string(headers.find(name).value_or("")); }
  // A member by JSON pointer ("/items/0/id") as text: a string as it is, anything else as JSON; "" when it is not
  // there.
  std::string at(std::string_view pointer) const {
    boost::json::error_code error;
    const auto* value = json.find_pointer(pointer, error);
    if (!value) return "";
    return value->is_string() ? std::string(value->get_string()) : wire::print_json(*value);
  }
  std::string text(std::string_view member) const { return at("/" + std::string(member)); }
};

class ApiTest : public testing::Test {
 protected:
  ApiTest();

  // Sends a request as the server would: a body whose route takes it piece by piece goes there in pieces of 1,000
  // bytes.
  Answer send(std::string_view method, std::string_view target, std::string body = "", Fields fields = {});
  // The same with a JSON body (or none) and, when set, the cookie of the owner.
  Answer call(std::string_view method, std::string_view target, std::string_view json = "", Fields fields = {});
  // The same as a participant.
  Answer call_as(const std::string& token, std::string_view method, std::string_view target,
                 std::string_view json = "");

  std::string sign_up();  // the owner's access token, also kept in cookie_
  // The value of a cookie that an answer sets; "" when it does not.
  static std::string cookie_of(const Answer& answer, std::string_view name);
  std::string mailed_token();  // of the newest mail's link
  std::string make_session();  // its id
  std::string guest_token(const std::string& session, std::string_view name = "Guest");
  boost::json::object admit_guest(const std::string& session, std::string_view name = "Guest");
  std::string start_take(const std::string& session);
  std::string announce_stem(const std::string& token, const std::string& take, std::string_view json);  // upload URL

  ApiDeps make_deps();
  net::Request make_request(std::string_view method, std::string_view target, std::string body, Fields fields) const;
  Answer read(net::Response response) const;
  void check_against_document(const net::Request& request, const Answer& answer) const;

  db::TestDirectory directory_;
  base::WallTime now_ = base::wall_from_micros(1'790'000'000'000'000);
  base::SeededRng rng_{7};
  base::NullLog log_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<blob::Store> store_;
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<upload::Uploads> uploads_;
  std::unique_ptr<jobs::Queue> queue_;
  notify::TestPost post_;
  std::unique_ptr<people::People> people_;
  std::unique_ptr<studio::Studio> studio_;
  std::unique_ptr<studio::Answers> answers_;
  std::string media_link_;  // where results are, if not here
  bool pool_full_ = false;
  net::HttpHandler handler_;
  Router router_{rest_routes(nullptr)};
  SchemaCheck schemas_{describe_routes(router_.routes())};
  std::string cookie_;
  std::string remote_ = "192.0.2.1";
};

}  // namespace greenroom::api
