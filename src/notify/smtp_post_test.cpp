#include "notify/smtp_post.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "crypto/encoding.hpp"

namespace greenroom::notify {
namespace {

using testing::HasSubstr;

// One connection of a mail server that answers as it is told; npm's smtp-server does the rest of the proof, end to end.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::string rcpt_reply = "250 ok", std::string capabilities = "") {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this, rcpt_reply, capabilities] { serve(rcpt_reply, capabilities); });
  }
  ~ScriptedServer() { join(); }
  void join() {
    if (thread_.joinable()) thread_.join();
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  std::uint16_t port = 0;
  std::string heard;  // after join()

 private:
  void serve(const std::string& rcpt_reply, const std::string& capabilities) {
    const int peer = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    const auto say = [&](std::string line) {
      line += "\r\n";
      EXPECT_GT(::send(peer, line.data(), line.size(), 0), 0);
    };
    say("220 test");
    bool data = false, signing_in = false;
    std::string pending;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(peer, buffer, sizeof buffer, 0)) > 0;) {
      pending.append(buffer, std::size_t(n));
      for (std::size_t end; (end = pending.find("\r\n")) != pending.npos;) {
        const auto line = pending.substr(0, end);
        pending.erase(0, end + 2);
        heard += line + '\n';
        if (data) {
          if (line == ".") data = false, say("250 taken");
        } else if (line.starts_with("EHLO")) {
          if (!capabilities.empty()) say("250-test");
          say(capabilities.empty() ? "250 test" : "250 " + capabilities);
        } else if (line.starts_with("AUTH")) {
          signing_in = true, say("334 ");
        } else if (std::exchange(signing_in, false)) {
          say("235 ok");
        } else if (line.starts_with("RCPT")) {
          say(rcpt_reply);
        } else if (line == "DATA") {
          data = true, say("354 go on");
        } else {
          say(line == "QUIT" ? "221 bye" : "250 ok");
        }
      }
    }
    ::close(peer);
  }

  int socket_ = -1;
  std::thread thread_;
};

base::Status send_through(std::string_view url, const Mail& mail) {
  base::SeededRng rng(1);
  SmtpPost post(
      {*parse_smtp_url(url), {"Greenroom", "studio@example.org"}, std::chrono::seconds(5), std::chrono::seconds(5)},
      [] { return base::wall_from_micros(0); }, rng);
  return post.send(mail);
}

const Mail mail{"ada@example.org", "Grüße", "Hello\n.\n..dots\n", "", ""};

TEST(SmtpPost, hands_a_mail_over) {
  ScriptedServer server;
  const auto status = send_through(fmt::format("smtp://127.0.0.1:{}", server.port), mail);
  ASSERT_TRUE(status) << status.error().context;
  server.join();
  EXPECT_THAT(server.heard, HasSubstr("MAIL FROM:<studio@example.org>"));
  EXPECT_THAT(server.heard, HasSubstr("RCPT TO:<ada@example.org>"));
  EXPECT_THAT(server.heard, HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\n"));
  EXPECT_THAT(server.heard, HasSubstr("\nHello\n..\n...dots\n.\n")) << "dots are stuffed (RFC 5321 §4.5.2)";
}

TEST(SmtpPost, signs_in_with_what_the_url_says) {
  ScriptedServer server("250 ok", "AUTH PLAIN");
  ASSERT_TRUE(send_through(fmt::format("smtp://ada%40x:p%3Aw@127.0.0.1:{}", server.port), mail));
  server.join();
  EXPECT_THAT(server.heard, HasSubstr("AUTH PLAIN"));
  EXPECT_THAT(server.heard, HasSubstr(crypto::to_base64(base::as_bytes(std::string_view("\0ada@x\0p:w", 10)))));
}

TEST(SmtpPost, tells_for_good_from_for_now) {
  ScriptedServer refusing("550 no such person");
  EXPECT_EQ(send_through(fmt::format("smtp://127.0.0.1:{}", refusing.port), mail).error().code, mail_refused);
  ScriptedServer busy("450 try later");
  EXPECT_EQ(send_through(fmt::format("smtp://127.0.0.1:{}", busy.port), mail).error().code, mail_delayed);
  EXPECT_EQ(send_through("smtp://127.0.0.1:1", mail).error().code, mail_delayed);
}

TEST(SmtpPost, does_not_speak_in_the_clear_when_tls_is_wanted) {
  ScriptedServer server;
  EXPECT_EQ(send_through(fmt::format("smtp://u:p@127.0.0.1:{}?tls=on", server.port), mail).error().code, mail_delayed);
  server.join();
  EXPECT_THAT(server.heard, testing::Not(HasSubstr("MAIL FROM")));
  EXPECT_THAT(server.heard, testing::Not(HasSubstr("AUTH")));
}

TEST(SmtpPost, urls) {
  const auto full = parse_smtp_url("smtp://ada%40x:p%2Fw@mail.example.org:587?ca=/etc/ca.pem");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->url, "smtp://mail.example.org:587/");
  EXPECT_EQ(full->user, "ada@x");
  EXPECT_EQ(full->password, "p/w");
  EXPECT_EQ(full->ca_file, "/etc/ca.pem");
  EXPECT_TRUE(full->start_tls);
  EXPECT_FALSE(parse_smtp_url("smtp://mail:25?tls=off")->start_tls);
  EXPECT_FALSE(parse_smtp_url("smtp://localhost:1025")->start_tls);
  EXPECT_FALSE(parse_smtp_url("smtps://mail.example.org")->start_tls) << "TLS stands already";
  for (const char* bad :
       {"", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:99999", "smtp://h?tls=maybe"})
    EXPECT_FALSE(parse_smtp_url(bad)) << bad;
}

}  // namespace
}  // namespace greenroom::notify
