// FileBody, SourceBody and StaticBody over real connections.
#include <fstream>

#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = char('a' + (i * 7 + i / 251) % 26);
  return out;
}

class Held final : public ByteSource {
 public:
  explicit Held(const std::string& text) : text_(text) {}
  std::uint64_t size() const override { return text_.size(); }
  bool read(std::uint64_t offset, base::ByteSpan out) const override {
    const auto bytes = base::as_bytes(text_).subspan(offset);
    if (bytes.size() < out.size()) return false;
    return std::copy_n(bytes.begin(), out.size(), out.begin()), true;
  }

 private:
  const std::string& text_;
};

class Files : public testing::Test {
 protected:
  Files() : content(pattern(1'000'003)), path(testing::TempDir() + "/net_file_" + std::to_string(::getpid())) {
    std::ofstream(path, std::ios::binary) << content;
    HttpHandler handler;
    handler.request = [this](Request request, Responder respond) {
      Response response;
      response.headers.set("Content-Type", text_type ? "text/javascript" : "video/mp4");
      if (request.path == "/file") response.body = FileBody{path, "\"v1\""};
      if (request.path == "/static") response.body = StaticBody{base::as_bytes(content), "\"v1\""};
      if (request.path == "/source") response.body = SourceBody{std::make_shared<Held>(content), "\"v1\""};
      if (request.path == "/gone") response.body = FileBody{path + ".gone", "\"v1\""};
      if (request.path == "/folder") response.body = FileBody{testing::TempDir(), "\"v1\""};
      respond(std::move(response));
    };
    server = std::make_unique<TestServer>(handler);
  }
  ~Files() override {
    server.reset();
    std::filesystem::remove(path);
  }

  std::string content;
  std::string path;
  std::atomic<bool> text_type{false};
  std::unique_ptr<TestServer> server;
};

TEST_F(Files, whole_and_in_parts) {
  TestClient client(server->port);
  for (std::string_view url : {"/file", "/source", "/static"}) {
    const auto whole = client.get(url);
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.field("ETag"), "\"v1\"");
    EXPECT_EQ(whole.field("Accept-Ranges"), "bytes");
    EXPECT_EQ(whole.body, content);
    const auto part = client.get(url, "Range: bytes=300000-799999\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.field("Content-Range"), "bytes 300000-799999/1000003");
    EXPECT_EQ(part.body, content.substr(300'000, 500'000));
    EXPECT_EQ(client.get(url, "Range: bytes=-3\r\n").body, content.substr(1'000'000));
    EXPECT_EQ(client.get(url, "Range: bytes=1000003-\r\n").status, 416);
    EXPECT_EQ(client.get(url, "Range: bytes=0-1,5-6\r\n").body, content);
    EXPECT_EQ(client.get(url, "Range: bytes=0-1\r\nIf-Range: \"v0\"\r\n").body, content);
    const auto same = client.get(url, "If-None-Match: \"v1\"\r\n");
    EXPECT_EQ(same.status, 304);
    EXPECT_TRUE(same.body.empty());
  }
}

TEST_F(Files, static_text_is_compressed_once_and_has_its_own_etag) {
  text_type = true;
  TestClient client(server->port);
  const auto packed = client.get("/static", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.field("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.field("ETag"), "\"v1-gzip\"");
  EXPECT_LT(packed.body.size(), content.size() / 2);
  EXPECT_EQ(client.get("/static", "Accept-Encoding: gzip\r\n").body, packed.body);
  EXPECT_EQ(client.get("/static", "Accept-Encoding: gzip\r\nIf-None-Match: \"v1-gzip\"\r\n").status, 304);
  EXPECT_EQ(client.get("/static", "Accept-Encoding: gzip\r\nRange: bytes=0-9\r\n").body, content.substr(0, 10));
  EXPECT_EQ(client.get("/static").body, content);
}

TEST_F(Files, head_tells_the_length) {
  TestClient client(server->port);
  const auto answer = client.ask("HEAD /file HTTP/1.1\r\nHost: h\r\n\r\n", true);
  EXPECT_EQ(answer.field("Content-Length"), "1000003");
  EXPECT_EQ(client.get("/file", "Range: bytes=0-0\r\n").body, content.substr(0, 1));
}

TEST_F(Files, what_is_not_there_is_404) {
  TestClient client(server->port);
  EXPECT_EQ(client.get("/gone").status, 404);
  EXPECT_EQ(client.get("/folder").status, 404);
}

// The length is promised in the head: a client must not take a cut file for a whole one.
TEST_F(Files, file_that_shrinks_ends_the_connection) {
  TestClient client(server->port, 4096);
  // Where the kernel's buffers took the whole file before it shrank, the answer is whole: then this closes it.
  client.send("GET /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto head = client.read_until("\r\n\r\n");
  std::filesystem::resize_file(path, 10);
  const auto body = client.read_to_end();
  EXPECT_LE(body.size(), content.size());
  EXPECT_EQ(TestClient(server->port).get("/file").body, content.substr(0, 10));
}

}  // namespace
}  // namespace greenroom::net
