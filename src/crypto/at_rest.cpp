#include "crypto/at_rest.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "crypto/detail/cipher_context.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hkdf.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::string_view magic = "GRCRYPT1", white = " \t\r";
constexpr std::size_t id_at = 8, scope_at = 16, nonce_at = 32, tag_at = 48, nonce_size = 16, tag_size = 16;
constexpr std::size_t block_size = 16;
constexpr std::size_t piece_max = std::size_t(1) << 30;  // EVP counts in int

Sha256Digest derive(base::ByteView key, std::string_view label, base::ByteView rest = {}, base::ByteView salt = {}) {
  base::Bytes info(label.begin(), label.end());
  info.insert(info.end(), rest.begin(), rest.end());
  Sha256Digest out;
  hkdf_sha256({key, salt, info}, out);
  return out;
}

Sha256Digest workspace_key(const Sha256Digest& key, base::ByteView scope) {
  return derive(key, "greenroom workspace", scope);
}

std::array<std::uint8_t, tag_size> tag_of(base::ByteView envelope, const Sha256Digest& workspace) {
  const auto whole = hmac_sha256(derive(workspace, "greenroom envelope"), envelope.first(tag_at));
  std::array<std::uint8_t, tag_size> tag;
  std::copy_n(whole.begin(), tag_size, tag.begin());
  return tag;
}

FileCipher cipher_of(base::ByteView envelope, const Sha256Digest& workspace) {
  return FileCipher(derive(workspace, "greenroom file", {}, envelope.subspan(nonce_at, nonce_size)));
}

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(white);
  return first == line.npos ? std::string_view() : line.substr(first, line.find_last_not_of(white) + 1 - first);
}

}  // namespace

bool is_envelope(base::ByteView start) {
  return start.size() >= magic.size() && base::as_text(start.first(magic.size())) == magic;
}

void FileCipher::apply(std::uint64_t offset, base::ByteSpan bytes) const {
  const auto context = make_cipher(EVP_aes_256_ctr(), key_, CipherDirection::seal);
  std::array<std::uint8_t, block_size> counter{};
  base::store_u64(counter.data() + 8, offset / block_size);
  set_iv(context.get(), counter.data());
  std::array<std::uint8_t, block_size> skipped{};
  crypt(context.get(), skipped.data(), base::ByteView(skipped).first(offset % block_size));
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), piece_max));
    crypt(context.get(), piece.data(), piece);
    bytes = bytes.subspan(piece.size());
  }
}

base::Result<StorageKeys> StorageKeys::parse(std::string_view text) {
  StorageKeys out;
  for (int number = 1; !text.empty(); ++number) {
    const auto line = trimmed(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), text.find('\n') == text.npos ? text.size() : text.find('\n') + 1));
    if (line.empty()) continue;
    const auto bytes = from_hex(line);
    if (!bytes || bytes->size() != sizeof(Sha256Digest))
      return base::fail(bad_storage_key, fmt::format("line {} is no key of 64 hex digits", number));
    if (out.keys_.size() == storage_keys_max) return base::fail(bad_storage_key, "there are too many keys");
    auto& key = out.keys_.emplace_back();
    std::copy(bytes->begin(), bytes->end(), key.secret.begin());
    const auto id = derive(key.secret, "greenroom key id");
    std::copy_n(id.begin(), key.id.size(), key.id.begin());
  }
  if (out.empty()) return base::fail(bad_storage_key, "there is no key in it");
  return out;
}

NewEnvelope StorageKeys::make_envelope(const Scope& scope, base::Rng& rng) const {
  GREENROOM_ASSERT(!empty());
  const auto& key = keys_.front();
  Envelope out;
  const auto put = [&](std::size_t at, auto bytes) { std::copy(bytes.begin(), bytes.end(), out.begin() + at); };
  put(0, magic);
  put(id_at, key.id);
  put(scope_at, scope);
  rng.fill(std::span(out).subspan(nonce_at, nonce_size));
  const auto workspace = workspace_key(key.secret, scope);
  put(tag_at, tag_of(out, workspace));
  return {out, cipher_of(out, workspace)};
}

base::Result<FileCipher> StorageKeys::open_envelope(base::ByteView start) const {
  if (start.size() < envelope_size || !is_envelope(start))
    return base::fail(bad_envelope, "the beginning of these encrypted bytes is not whole");
  const auto envelope = start.first(envelope_size);
  const auto id = envelope.subspan(id_at, sizeof(KeyId));
  const auto key = std::ranges::find_if(keys_, [&](const Key& one) { return std::ranges::equal(one.id, id); });
  if (key == keys_.end())
    return base::fail(no_storage_key, "these bytes are encrypted under a key that is not here",
                      "the key's id: " + to_hex(id));
  const auto workspace = workspace_key(key->secret, envelope.subspan(scope_at, sizeof(Scope)));
  if (!equal_in_constant_time(tag_of(envelope, workspace), envelope.subspan(tag_at, tag_size)))
    return base::fail(bad_envelope, "the beginning of these encrypted bytes was changed");
  return cipher_of(envelope, workspace);
}

std::string make_storage_key(base::Rng& rng) {
  Sha256Digest key;
  rng.fill(key);
  return to_hex(key);
}

}  // namespace greenroom::crypto
