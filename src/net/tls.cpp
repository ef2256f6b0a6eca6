#include "net/tls.hpp"

#include <boost/asio/ssl/context.hpp>

#include "net/detail/tls_state.hpp"

namespace greenroom::net {
namespace {

namespace ssl = boost::asio::ssl;
using Context = std::shared_ptr<ssl::context>;

// Forward secrecy and authenticated encryption only (RFC 9325 §4.2); TLS 1.3 has nothing else.
constexpr const char* ciphers_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// RFC 7301. Whoever offers protocols and not ours is served HTTP/1.1 without a word about it.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";  // what is chosen points into it
  unsigned char* out = nullptr;
  const int found = SSL_select_next_proto(&out, length, ours, sizeof ours - 1, offered, size);
  *chosen = out;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

Tls::State::Stamp stamp_of(const std::filesystem::path& path) {
  std::error_code missing;
  Tls::State::Stamp stamp;
  stamp.written = std::filesystem::last_write_time(path, missing);
  if (!missing) stamp.bytes = std::filesystem::file_size(path, missing);
  return missing ? Tls::State::Stamp() : stamp;
}

void configure(ssl::context& context) {
  context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                      ssl::context::no_compression);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(context.native_handle(), ciphers_1_2);
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps no 34 KiB
  SSL_CTX_set_alpn_select_cb(context.native_handle(), choose_protocol, nullptr);
}

base::Result<Context> load(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  configure(*context);
  boost::system::error_code error;
  context->use_certificate_chain_file(files.certificate.string(), error);
  if (error)
    return base::fail(bad_certificate, "cannot read the certificate " + files.certificate.string(), error.message());
  context->use_private_key_file(files.key.string(), ssl::context::pem, error);
  if (error) return base::fail(bad_certificate, "cannot read the key " + files.key.string(), error.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return base::fail(bad_certificate, "the key does not belong to the certificate");
  }
  return context;
}

}  // namespace

Tls::Tls(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tls::~Tls() = default;

base::Result<std::shared_ptr<Tls>> Tls::open(TlsFiles files) {
  auto state = std::make_unique<State>();
  state->files = std::move(files);
  std::shared_ptr<Tls> tls(new Tls(std::move(state)));
  GREENROOM_CHECK_OK(tls->reload());
  return tls;
}

base::Status Tls::reload() {
  // Looked at before they are read: what is written in between is seen as a change later.
  const auto certificate = stamp_of(state_->files.certificate), key = stamp_of(state_->files.key);
  auto fresh = load(state_->files);
  std::lock_guard guard(state_->lock);
  state_->certificate = certificate;
  state_->key = key;
  if (!fresh) return tl::unexpected(std::move(fresh).error());
  state_->current = std::move(*fresh);
  return {};
}

bool Tls::changed() const {
  const auto certificate = stamp_of(state_->files.certificate), key = stamp_of(state_->files.key);
  std::lock_guard guard(state_->lock);
  return certificate != state_->certificate || key != state_->key;
}

}  // namespace greenroom::net
