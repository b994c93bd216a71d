package org.ptuning4j.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native tokenizers library: loads it, without a network, and makes tokenizers. */
final class TokenizerLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(TokenizerLibrary.class);

  /** Raw tokens only: special tokens, truncation and padding are done in Java. */
  private static final Map<String, String> RAW =
      Map.of(
          "addSpecialTokens", "false",
          "truncation", "do_not_truncate",
          "padding", "do_not_pad");

  private TokenizerLibrary() {}

  /**
   * Makes a native tokenizer.
   *
   * @param json a tokenizer.json in UTF-8
   * @param source the file to name in errors
   * @throws InvalidInputException when the library refuses the definition
   */
  static HuggingFaceTokenizer create(byte[] json, Path source) {
    load();
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), RAW);
    } catch (IOException | RuntimeException e) {
      throw new InvalidInputException(
          "%s: the tokenizers library cannot use it: %s".formatted(source, e.getMessage()), e);
    }
  }

  /**
   * The first call unpacks the native library into DJL's cache folder. A lock keeps two processes
   * from doing so at the same time.
   */
  private static synchronized void load() {
    // DJL otherwise asks a cloud's metadata service where it runs and looks for CUDA builds.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try (FileChannel channel = openLockFile()) {
      lock(channel);
      LibUtils.checkStatus();
    } catch (IOException e) {
      LOG.debug("no lock for unpacking the tokenizers library; going on without", e);
      checkStatus();
    } catch (EngineException | LinkageError e) {
      throw unusable(e);
    }
  }

  private static void checkStatus() {
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw unusable(e);
    }
  }

  private static IllegalStateException unusable(Throwable cause) {
    return new IllegalStateException(
        "the native tokenizers library cannot be loaded on %s %s: %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                cause.getCause() == null ? cause : cause.getCause()),
        cause);
  }

  private static FileChannel openLockFile() throws IOException {
    Path folder = cacheFolder();
    Files.createDirectories(folder);
    return FileChannel.open(
        folder.resolve("tokenizers.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static Path cacheFolder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return base.resolve("ptuning4j");
  }

  /** Closing the channel releases the lock. */
  private static void lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        channel.lock();
        return;
      } catch (OverlappingFileLockException e) {
        // Held by a copy of this class from another class loader of this process.
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the lock", e);
    }
  }
}
