#include "studio/studio.hpp"

#include "base/assert.hpp"
#include "crypto/encoding.hpp"
#include "studio/detail/core.hpp"
#include "studio/stem_format.hpp"

namespace greenroom::studio {

namespace {

// One key per purpose: what is signed for one can never be shown for another.
crypto::Sha256Digest derived(const base::Bytes& secret, std::string_view purpose) {
  return crypto::hmac_sha256(secret, base::as_bytes(purpose));
}

base::Status inspect(const upload::UploadInfo& upload, base::ByteView head) {
  if (may_begin(upload.content_type, head)) return {};
  return base::fail(upload::error_wrong_media, fmt::format("these bytes are not {}", upload.content_type));
}

}  // namespace

std::string session_topic(SessionId session) { return "session/" + session.str(); }

std::string logins_topic(UserId user) { return "logins/" + user.str(); }

std::string job_subject(TakeId take) { return "take/" + take.str(); }

std::optional<TakeId> take_of_subject(std::string_view subject) {
  constexpr std::string_view prefix = "take/";
  if (!subject.starts_with(prefix)) return std::nullopt;
  const auto id = TakeId::parse(subject.substr(prefix.size()));
  return id ? std::optional(*id) : std::nullopt;
}

Studio::Core::Core(StudioDependencies deps)
    : d(std::move(deps)),
      token_key(derived(d.secret, "participant token")),
      link_key(derived(d.secret, "media link")),
      told_until(d.clock()) {
  GREENROOM_ASSERT(d.secret.size() >= 32);
}

std::string Studio::Core::random_text(std::size_t bytes) const {
  base::Bytes random(bytes);
  d.rng.fill(random);
  return crypto::to_base64url(random);
}

Studio::Studio(StudioDependencies dependencies) : core_(std::make_unique<Core>(std::move(dependencies))) {
  core_->d.uploads.set_hooks({inspect, [core = core_.get()](db::Transaction& tx, const upload::UploadInfo& upload) {
                                return core->upload_completed(tx, upload);
                              }});
  core_->d.people.set_hooks(core_->people_hooks());
}

Studio::~Studio() = default;

void Studio::Core::publish(db::Transaction& tx, SessionId session, std::string payload) const {
  tx.after_commit(
      [this, topic = session_topic(session), payload = std::move(payload)] { d.bus.publish(topic, payload); });
}

void Studio::Core::publish_here(db::Transaction& tx, SessionId session, std::string payload) const {
  tx.after_commit(
      [this, topic = session_topic(session), payload = std::move(payload)] { d.bus.publish_here(topic, payload); });
}

}  // namespace greenroom::studio
