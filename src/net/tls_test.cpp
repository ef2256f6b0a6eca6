// The server over TLS, asked by OpenSSL's own client.
#include "net/tls.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>

#include "base/owned.hpp"
#include "base/test_directory.hpp"
#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

using Key = base::Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = base::Owned<X509, X509_free>;
using File = base::Owned<std::FILE, std::fclose>;

// A self-signed certificate of that name and its key, in two files of a folder that goes away.
class TestCertificate {
 public:
  explicit TestCertificate(const char* name) { write(name); }
  TlsFiles files() const { return {folder_.path() / "certificate.pem", folder_.path() / "key.pem"}; }

  void write(const char* name) const {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    X509* x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    EXPECT_GT(X509_sign(x, key.get(), EVP_sha256()), 0);
    PEM_write_X509(File(std::fopen(files().certificate.c_str(), "w")).get(), x);
    PEM_write_PrivateKey(File(std::fopen(files().key.c_str(), "w")).get(), key.get(), nullptr, nullptr, 0, nullptr,
                         nullptr);
  }

 private:
  const base::TestDirectory folder_;
};

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int highest = TLS1_3_VERSION, std::string_view protocols = "")
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_, highest);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()), unsigned(protocols.size()));
    std::signal(SIGPIPE, SIG_IGN);  // sending to who has hung up is an error, not the end
    connected = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  std::string name() const {
    char out[64] = {};
    const Certificate certificate(SSL_get1_peer_certificate(ssl_));
    if (certificate)
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, out, sizeof out);
    return out;
  }
  std::string protocol() const {
    const unsigned char* chosen = nullptr;
    unsigned int length = 0;
    SSL_get0_alpn_selected(ssl_, &chosen, &length);
    return {reinterpret_cast<const char*>(chosen), length};
  }
  bool send(std::string_view bytes) { return SSL_write(ssl_, bytes.data(), int(bytes.size())) == int(bytes.size()); }
  // Until the input ends with `mark`, or "" at the end of the connection.
  std::string read_until(std::string_view mark) {
    std::string all;
    while (all.find(mark) == all.npos) {
      char piece[4096];
      const int got = SSL_read(ssl_, piece, sizeof piece);
      if (got <= 0) {
        clean_end = SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN;
        return {};
      }
      all.append(piece, std::size_t(got));
    }
    return all;
  }
  std::string get(std::string_view path, std::string_view mark = "/end") {
    send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    return read_until(mark);
  }

  bool connected = false;
  bool clean_end = false;

 private:
  int fd_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

HttpHandler handler() {
  HttpHandler out;
  out.request = [](Request request, Responder respond) {
    const std::size_t size = request.path == "/big" ? 3'000'000 : 0;
    respond(Response{200, {}, (request.secure ? "secure " : "plain ") + std::string(size, 'x') + "/end"});
  };
  return out;
}

ServerOptions with(std::shared_ptr<Tls> tls) {
  ServerOptions options;
  options.tls = std::move(tls);
  options.linger = std::chrono::milliseconds(100);
  return options;
}

TEST(TlsServer, answers_and_keeps_the_connection) {
  const TestCertificate files("one");
  TestServer server(handler(), with(Tls::open(files.files()).value()));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server.port, version, "\x02h2\x08http/1.1");
    ASSERT_TRUE(client.connected);
    EXPECT_EQ(client.protocol(), "http/1.1");
    EXPECT_EQ(client.name(), "one");
    EXPECT_NE(client.get("/").find("secure /end"), std::string::npos);
    EXPECT_GT(client.get("/big").size(), 3'000'000u);
    EXPECT_NE(client.get("/").find("secure /end"), std::string::npos);
  }
}

// A masked text frame (RFC 6455 §5.2) whose mask is zero.
std::string frame(std::string_view text) {
  return std::string("\x81") + char(0x80 | text.size()) + std::string(4, '\0') + std::string(text);
}

HttpHandler socket_echo() {
  HttpHandler out;
  out.web_socket = [](const Request& request) -> std::optional<WebSocketHandler> {
    EXPECT_TRUE(request.secure);
    auto socket = std::make_shared<std::shared_ptr<WebSocket>>();
    WebSocketHandler handler;
    handler.opened = [socket](std::shared_ptr<WebSocket> opened) { *socket = std::move(opened); };
    handler.message = [socket](std::string message, bool) { (*socket)->send_text(message + "/end"); };
    return handler;
  };
  return out;
}

void upgrade(TlsClient& client) {
  client.send(
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find(" 101 "), std::string::npos);
}

TEST(TlsServer, carries_web_sockets) {
  const TestCertificate files("one");
  TestServer server(socket_echo(), with(Tls::open(files.files()).value()));
  TlsClient client(server.port);
  upgrade(client);
  client.send(frame("hello"));
  EXPECT_EQ(client.read_until("/end"), "\x81\x09hello/end");
}

// A socket closed with unread bytes would send a reset, which may overtake the frame that says why.
TEST(TlsServer, web_socket_is_closed_without_a_reset_to_who_goes_on_sending) {
  const TestCertificate files("one");
  auto options = with(Tls::open(files.files()).value());
  options.linger = test_patience;
  TestServer server(socket_echo(), options);
  TlsClient client(server.port);
  upgrade(client);
  client.send(std::string("\x81\xff\0\0\0\x01\0\0\0\0\0\0\0\0", 14));  // the head of a text of 4 GiB
  EXPECT_TRUE(client.read_until("\x03\xf1").starts_with("\x88"));      // close, 1009
  for (int i = 0; i < 100 && !testing::Test::HasFailure(); ++i) {
    EXPECT_TRUE(client.send(std::string(1024, 'x'))) << i;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(TlsServer, says_goodbye) {
  const TestCertificate files("one");
  TestServer server(handler(), with(Tls::open(files.files()).value()));
  TlsClient client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_until("/end"), "");
  EXPECT_EQ(client.read_until("more"), "");
  EXPECT_TRUE(client.clean_end);
}

TEST(TlsServer, refuses_old_versions_and_plain_text) {
  const TestCertificate files("one");
  TestServer server(handler(), with(Tls::open(files.files()).value()));
  EXPECT_FALSE(TlsClient(server.port, TLS1_1_VERSION).connected);
  TestClient plain(server.port);
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(plain.read_to_end().find("HTTP/1.1 200"), std::string::npos);
  EXPECT_TRUE(TlsClient(server.port).connected);
}

TEST(TlsServer, cuts_who_does_not_shake_hands) {
  const TestCertificate files("one");
  auto options = with(Tls::open(files.files()).value());
  options.handshake_timeout = std::chrono::milliseconds(100);
  TestServer server(handler(), options);
  TestClient silent(server.port), dripping(server.port);
  while (!dripping.readable_within(5)) dripping.send("\x16");
  EXPECT_TRUE(silent.at_end());
  EXPECT_GE(server.server->stats().timed_out, 1u);
}

TEST(TlsServer, exchanges_its_certificate_without_losing_anyone) {
  const TestCertificate files("old");
  const auto tls = Tls::open(files.files()).value();
  TestServer server(handler(), with(tls));
  TlsClient early(server.port);
  EXPECT_EQ(early.name(), "old");
  EXPECT_FALSE(tls->changed());
  files.write("renewed");
  std::filesystem::last_write_time(files.files().key,
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(tls->changed());
  ASSERT_TRUE(tls->reload());
  EXPECT_FALSE(tls->changed());
  EXPECT_NE(early.get("/").find("secure /end"), std::string::npos);
  EXPECT_EQ(TlsClient(server.port).name(), "renewed");
}

TEST(TlsServer, keeps_its_certificate_when_the_new_one_is_no_good) {
  const TestCertificate files("good"), others("other");
  const auto tls = Tls::open(files.files()).value();
  TestServer server(handler(), with(tls));
  std::filesystem::copy_file(others.files().key, files.files().key, std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(tls->reload().error().code, bad_certificate);  // the key of another
  EXPECT_FALSE(tls->changed());                            // it is not tried again until something changes
  std::filesystem::resize_file(files.files().certificate, 10);
  EXPECT_EQ(tls->reload().error().code, bad_certificate);
  EXPECT_EQ(TlsClient(server.port).name(), "good");
  EXPECT_FALSE(Tls::open(files.files()));
}

}  // namespace
}  // namespace greenroom::net
