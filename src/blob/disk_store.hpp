// Blobs in a directory, restorable with plain tools:
//   <root>/<xx>/<yy>/<name with '/' written '~'>          sealed; xx yy = first bytes of SHA-256(name) in hex
//   <root>/<xx>/<yy>/<name with '/' written '~'>.part     growing
//   <root>/scratch/...                                    files being made, adopted or removed later
// Ownership and threads are those of Store.
#pragma once
#include <functional>

#include "blob/store.hpp"

namespace greenroom::blob {

class File;

class DiskStore final : public Store {
 public:
  static base::Result<std::unique_ptr<DiskStore>> open(const std::filesystem::path& root);

  base::Result<std::unique_ptr<Writer>> append(const Name& name, base::ByteCount at,
                                               const crypto::Scope& scope) override;
  base::Result<std::unique_ptr<Reader>> open(const Name& name) override;
  base::Result<Stat> stat(const Name& name) override;
  base::Result<Stat> stat_here(const Name& name) override { return stat(name); }
  base::Status seal(const Name& name) override;
  base::Status adopt(const Name& name, const std::filesystem::path& file, const crypto::Scope& scope) override;
  base::Status remove(const Name& name) override;
  base::Result<std::filesystem::path> fetch(const Name& name, const std::filesystem::path& folder) override;
  base::Result<std::filesystem::path> path_here(const Name& name) const override { return path_of(name); }
  std::filesystem::path scratch() const override { return root_ / "scratch"; }

  // Where the bytes are, growing or sealed; error_missing.
  base::Result<std::filesystem::path> path_of(const Name& name) const;
  // The same, opened: one that is removed meanwhile stays readable.
  base::Result<File> file_of(const Name& name) const;
  // Every sealed blob, in no order, until a visit fails.
  base::Status each_sealed(const std::function<base::Status(const Name&)>& visit) const;
  const std::filesystem::path& root() const { return root_; }

 private:
  struct Paths {
    std::filesystem::path sealed;
    std::filesystem::path growing;
  };
  explicit DiskStore(std::filesystem::path root) : root_(std::move(root)) {}
  Paths paths_of(const Name& name) const;

  const std::filesystem::path root_;
};

// The file's name in whatever folder it is: '/' written '~'.
std::string file_name_of(const Name& name);

// DiskStore::open() as the face that most know.
base::Result<std::unique_ptr<Store>> open_disk_store(const std::filesystem::path& root);

}  // namespace greenroom::blob
