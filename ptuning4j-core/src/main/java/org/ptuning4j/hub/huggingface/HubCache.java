package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * Hugging Face's own cache: {@code models--owner--name} with {@code blobs}, named by their entity
 * tags; {@code refs}, which say what commit a branch or tag was last seen at; and {@code
 * snapshots}, a folder for each commit, whose files point to blobs. What its Python library fetched
 * is found here, and the other way round.
 */
final class HubCache {

  /** What the name of a blob ends with while it is fetched. */
  static final String INCOMPLETE = ".incomplete";

  private static final int COMMIT_LENGTH = 40;

  private final Path root;
  private final boolean symlinks;

  /**
   * A cache.
   *
   * @param root its folder, which need not be there yet
   * @param symlinks whether to try them; where they cannot be made, files are moved or copied
   */
  HubCache(Path root, boolean symlinks) {
    this.root = root.toAbsolutePath();
    this.symlinks = symlinks;
  }

  Path root() {
    return root;
  }

  /** All that the cache holds of a model. */
  Path repository(HubName model) {
    return root.resolve(folderName(model));
  }

  /** Where the locks of a model's blobs are. */
  Path locks(HubName model) {
    return root.resolve(".locks").resolve(folderName(model));
  }

  private static String folderName(HubName model) {
    return "models--" + model.owner() + "--" + model.name();
  }

  /** The commit that a model's revision is, or was when it was last fetched. */
  Optional<String> commit(HubName model) {
    if (model.isPinned()) {
      return Optional.of(model.revision());
    }
    Path ref = ref(model);
    try {
      if (!Files.isRegularFile(ref) || Files.size(ref) > COMMIT_LENGTH + 2) {
        return Optional.empty();
      }
      return Optional.of(Files.readString(ref, StandardCharsets.UTF_8).strip())
          .filter(HubName::isCommit);
    } catch (IOException e) {
      return Optional.empty(); // Unreadable is as good as absent: it is asked for again.
    }
  }

  private Path ref(HubName model) {
    return refs(model).resolve(model.revision());
  }

  /** The folder that records the commits of branches and tags. */
  Path refs(HubName model) {
    return repository(model).resolve("refs");
  }

  /** Notes what commit a branch or tag is now. */
  void keepCommit(HubName model, String commit) throws IOException {
    if (model.isPinned() || commit(model).equals(Optional.of(commit))) {
      return;
    }
    Path ref = ref(model);
    Files.createDirectories(ref.getParent());
    AtomicFile.write(ref, out -> out.write(commit.getBytes(StandardCharsets.US_ASCII)));
  }

  /** The folders of a model's commits. */
  Path snapshots(HubName model) {
    return repository(model).resolve("snapshots");
  }

  /** The folder of a model at a commit. */
  Path snapshot(HubName model, String commit) {
    return snapshots(model).resolve(commit);
  }

  /** Where the bytes with an entity tag are kept. */
  Path blob(HubName model, String tag) {
    return repository(model).resolve("blobs").resolve(tag);
  }

  /** Where they are collected. */
  Path incomplete(HubName model, String tag) {
    return blob(model, tag + INCOMPLETE);
  }

  /** What Python's library locks, too, while it fetches them. */
  Path lock(HubName model, String tag) {
    return locks(model).resolve(tag + ".lock");
  }

  /**
   * Puts a blob into a snapshot: a relative link; where there are none, the blob itself or a copy.
   *
   * @param fresh whether the blob was fetched just now, so that no other snapshot needs it
   */
  void place(Path blob, Path pointer, boolean fresh) throws IOException {
    Files.createDirectories(pointer.getParent());
    if (Files.exists(pointer)) {
      return;
    }
    if (Files.exists(pointer, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(pointer); // A link whose blob was deleted.
    }
    if (symlinks && link(blob, pointer)) {
      return;
    }
    if (fresh) {
      Files.move(blob, pointer, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    AtomicFile.write(pointer, out -> Files.copy(blob, out));
  }

  private static boolean link(Path blob, Path pointer) throws IOException {
    try {
      Files.createSymbolicLink(pointer, pointer.getParent().relativize(blob));
      return true;
    } catch (FileAlreadyExistsException e) {
      return true; // Another process was faster.
    } catch (FileSystemException | UnsupportedOperationException e) {
      return false;
    }
  }
}
