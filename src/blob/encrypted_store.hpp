// What stands before every store: bytes that are new are encrypted under the keys that a person configured, bytes that
// begin with an envelope (crypto/at_rest.hpp) are decrypted for whoever reads them, and others are what they are. So
// encryption begins with an option and no migration: what is plain stays plain, and goes on growing so. Sizes are those
// of contents. Ownership and threads are those of Store.
#pragma once
#include "blob/store.hpp"
#include "crypto/random.hpp"

namespace greenroom::blob {

class EncryptedStore final : public Store {
 public:
  EncryptedStore(std::unique_ptr<Store> bytes, crypto::StorageKeys keys)
      : bytes_(std::move(bytes)), keys_(std::move(keys)) {}

  base::Result<std::unique_ptr<Writer>> append(const Name& name, base::ByteCount at,
                                               const crypto::Scope& scope) override;
  base::Result<std::unique_ptr<Reader>> open(const Name& name) override;
  base::Result<Stat> stat(const Name& name) override;
  base::Result<Stat> stat_here(const Name& name) override;
  base::Status seal(const Name& name) override { return bytes_->seal(name); }
  base::Status adopt(const Name& name, const std::filesystem::path& file, const crypto::Scope& scope) override;
  base::Status remove(const Name& name) override { return bytes_->remove(name); }
  // Of encrypted bytes a copy of the content.
  base::Result<std::filesystem::path> fetch(const Name& name, const std::filesystem::path& folder) override;
  // Of encrypted bytes none: a browser has no key.
  std::string link(const Name& name, const LinkOptions& options) override;
  // Null when there are keys: what somebody else puts into the storage is plain.
  PartStore* parts() override { return keys_.empty() ? bytes_->parts() : nullptr; }
  base::Status check() override { return bytes_->check(); }
  base::Result<std::filesystem::path> path_here(const Name& name) const override { return bytes_->path_here(name); }
  std::filesystem::path scratch() const override { return bytes_->scratch(); }

 private:
  base::Result<std::unique_ptr<Writer>> begin(const Name& name, const crypto::Scope& scope);
  base::Result<Stat> of_content(const Name& name, base::Result<Stat> stat);

  const std::unique_ptr<Store> bytes_;
  const crypto::StorageKeys keys_;
  crypto::SystemRng rng_;
};

}  // namespace greenroom::blob
