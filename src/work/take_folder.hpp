// <data>/takes/<take>: a take as a person finds it. The documents are files, results and recordings are links to where
// their bytes are: no byte is there twice, and none outlives the blob or log that it belongs to. Where those are
// encrypted, the documents are so, too. Made aside by the compose job and swapped in at once; removed with the take
// (studio/reconcile.cpp). Blocks.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "crypto/at_rest.hpp"

namespace greenroom::work {

class TakeFolder {
 public:
  static base::Result<TakeFolder> begin(const std::filesystem::path& data, const std::string& take);
  TakeFolder(TakeFolder&& other) noexcept;
  TakeFolder& operator=(TakeFolder&&) = delete;
  ~TakeFolder();  // what was not published, or was withdrawn, goes

  // With an envelope, encrypted.
  base::Status document(const std::string& name, const std::filesystem::path& text,
                        const std::optional<crypto::NewEnvelope>& envelope);
  base::Status link(const std::string& name, const std::filesystem::path& target);
  base::Status publish();
  void withdraw();  // what was there before comes back

 private:
  TakeFolder(std::filesystem::path place, std::filesystem::path aside)
      : place_(std::move(place)), aside_(std::move(aside)) {}
  base::Result<std::filesystem::path> room_for(const std::string& name) const;
  std::filesystem::path place_, aside_;
  bool published_ = false;
};

}  // namespace greenroom::work
