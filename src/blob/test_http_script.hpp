// An HTTP server on loopback that answers what a test has written down, one request after the other, and keeps what it
// was asked: for everything that a real storage does too seldom.
#pragma once
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "base/assert.hpp"

namespace greenroom::blob {

class HttpScript {
 public:
  // Each answer from its status on: "200 OK\r\nETag: \"x\"\r\n\r\nbody". An empty one hangs up without a word.
  explicit HttpScript(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    GREENROOM_ASSERT(::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) == 0 && ::listen(listener_, 8) == 0);
    GREENROOM_ASSERT(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    endpoint_ = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    thread_ = std::thread([this] { run(); });
  }
  ~HttpScript() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  const std::string& endpoint() const { return endpoint_; }
  // "PUT /bucket/x", each. After the client is done.
  std::vector<std::string> asked() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return asked_;
  }

 private:
  void run() {
    for (const auto& answer : answers_) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      const std::string request = read_request(peer);
      asked_.push_back(request.substr(0, request.find(" HTTP/")));
      const std::string text = answer.empty() ? "" : "HTTP/1.1 " + with_length(answer, request.starts_with("HEAD"));
      static_cast<void>(::send(peer, text.data(), text.size(), MSG_NOSIGNAL));
      ::close(peer);
    }
  }
  static std::string with_length(const std::string& answer, bool head) {
    const auto end = answer.find("\r\n\r\n") + 4;
    const std::string body = answer.substr(end);
    const std::string length = head ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return answer.substr(0, end - 2) + length + "Connection: close\r\n\r\n" + body;
  }
  static std::string read_request(int peer) {
    std::string text;
    for (std::size_t wanted = std::string::npos; text.size() < wanted;) {
      char piece[65536];
      const auto got = ::recv(peer, piece, sizeof piece, 0);
      if (got <= 0) break;
      text.append(piece, std::size_t(got));
      const auto end = text.find("\r\n\r\n");
      if (end == text.npos) continue;
      const auto at = text.find("Content-Length: ");
      wanted = end + 4 + (at < end ? std::stoul(text.substr(at + 16)) : 0);
    }
    return text;
  }

  std::vector<std::string> answers_;
  std::string endpoint_;
  int listener_ = -1;
  std::vector<std::string> asked_;
  std::thread thread_;
};

}  // namespace greenroom::blob
