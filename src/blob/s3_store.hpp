// Blobs that grow and are sealed on disk (blob/disk_store.hpp), and are moved to S3 when a row refers to them: an
// object <prefix><name> each, its bytes as they are. What is on disk is found there first, so a switch from disk to S3
// needs no other step, and no upload ever waits for S3. A source goes only when S3 has shown that its object is the
// same: by size and entity tag, or, where a server's tags are not MD5, by reading it back. Ownership and threads are
// those of Store; move_sealed() is for a thread of its own.
#pragma once
#include "blob/disk_store.hpp"
#include "blob/s3_client.hpp"

namespace greenroom::blob {

inline constexpr base::ErrorCode error_not_the_same{base::ErrorKind::corrupt, "blob.copy_differs"};

struct Moved {
  std::size_t blobs = 0;
  std::uint64_t bytes = 0;
  std::size_t waiting = 0;            // that nothing refers to (yet)
  std::vector<base::Error> problems;  // of single blobs, which stay
};

class S3PartStore final : public PartStore {
 public:
  explicit S3PartStore(const S3Client& client) : client_(client) {}
  base::Result<std::string> begin(const Name& name) override;
  std::string link(const Name& name, const std::string& transfer, unsigned number, base::Duration life) override;
  base::Result<std::vector<StoredPart>> list(const Name& name, const std::string& transfer) override;
  base::Status join(const Name& name, const std::string& transfer, const std::vector<StoredPart>& parts) override;
  base::Status abort(const Name& name, const std::string& transfer) override;

 private:
  const S3Client& client_;
};

class S3Store final : public Store {
 public:
  // With `links`, browsers are sent to S3; else bytes come through us.
  static base::Result<std::unique_ptr<S3Store>> open(const std::filesystem::path& root, S3Options options, bool links);

  base::Result<std::unique_ptr<Writer>> append(const Name& name, base::ByteCount at,
                                               const crypto::Scope& scope) override;
  base::Result<std::unique_ptr<Reader>> open(const Name& name) override;
  base::Result<Stat> stat(const Name& name) override;
  base::Result<Stat> stat_here(const Name& name) override { return disk_->stat(name); }
  base::Status seal(const Name& name) override;
  base::Status adopt(const Name& name, const std::filesystem::path& file, const crypto::Scope& scope) override {
    return disk_->adopt(name, file, scope);
  }
  base::Status remove(const Name& name) override;
  base::Result<std::filesystem::path> fetch(const Name& name, const std::filesystem::path& folder) override;
  std::string link(const Name& name, const LinkOptions& options) override;
  PartStore* parts() override { return &parts_; }
  base::Status check() override { return client_.check(); }
  base::Result<std::filesystem::path> path_here(const Name& name) const override { return disk_->path_here(name); }
  std::filesystem::path scratch() const override { return disk_->scratch(); }

  struct MoveRules {
    std::function<base::Result<bool>(const Name&)> is_referenced;
    std::function<bool()> stop = [] { return false; };  // between two blobs and two parts
  };
  // Everything sealed on this disk that a row refers to, until S3 is away. One process at a time: while another moves,
  // nothing happens.
  base::Result<Moved> move_sealed(const MoveRules& rules);
  // One blob: copied, compared, then gone from here. The number of its bytes.
  base::Result<std::uint64_t> move(
      const Name& name, const std::function<bool()>& stop = [] { return false; });

  const S3Client& client() const { return client_; }

 private:
  S3Store(std::unique_ptr<DiskStore> disk, S3Client client, bool links)
      : disk_(std::move(disk)), client_(std::move(client)), links_(links) {}
  base::Status move_one(const Name& name, const MoveRules& rules, Moved& moved);

  const std::unique_ptr<DiskStore> disk_;
  const S3Client client_;
  S3PartStore parts_{client_};
  const bool links_;
};

}  // namespace greenroom::blob
