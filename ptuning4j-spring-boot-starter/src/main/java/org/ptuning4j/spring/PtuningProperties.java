package org.ptuning4j.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.tensor.engine.Precision;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of packs in an application.
 *
 * @param enabled Whether packs are served at all.
 * @param model The model that all packs are for: a folder in the Hugging Face layout, or a name
 *     such as bert-mini, minilm or owner/name of a model on the Hugging Face hub.
 * @param precision How the model computes: auto, fp32, bf16 or int8.
 * @param packs Folders of packs by the names of their tasks.
 * @param registry Packs of a registry, beside those of folders.
 * @param packMemory What packs may take in memory; those that were unused for the longest time are
 *     dropped and loaded again when they are asked for. Without it there is no limit.
 * @param batching How requests of many callers are put together.
 */
@ConfigurationProperties("ptuning4j")
public record PtuningProperties(
    @DefaultValue("true") boolean enabled,
    String model,
    @DefaultValue("auto") String precision,
    Map<String, Path> packs,
    Registry registry,
    DataSize packMemory,
    @DefaultValue Batching batching) {

  /** Checks the values. */
  public PtuningProperties {
    packs = packs == null ? Map.of() : new LinkedHashMap<>(packs);
    if (enabled && (model == null || model.isBlank())) {
      throw new InvalidInputException(
          "ptuning4j.model: no model is named; a folder in the Hugging Face layout or a name such"
              + " as bert-mini is expected");
    }
    checkPrecision(precision);
    if (packMemory != null && packMemory.isNegative()) {
      throw InvalidInputException.of(
          "ptuning4j.pack-memory: %s; a size such as 512MB is expected", packMemory);
    }
  }

  private static void checkPrecision(String precision) {
    try {
      Precision.parse(precision);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("ptuning4j." + e.getMessage(), e);
    }
  }

  /**
   * Packs of a registry.
   *
   * @param folder The folder of the registry, as `ptune registry publish` makes it.
   * @param alias The alias whose version is served of each pack; latest for the newest version.
   * @param trustedKeys Public Ed25519 keys in PEM; with any, only versions that one of them signed
   *     are served.
   * @param every How often the registry is looked at for aliases that have moved.
   */
  public record Registry(
      Path folder,
      @DefaultValue("prod") String alias,
      List<Path> trustedKeys,
      @DefaultValue("1s") Duration every) {

    private static final String LATEST = "latest";

    /** Checks the values. */
    public Registry {
      trustedKeys = trustedKeys == null ? List.of() : List.copyOf(trustedKeys);
      if (folder == null) {
        throw new InvalidInputException(
            "ptuning4j.registry.folder: no folder is named; that of a registry is expected");
      }
      if (every.toMillis() < 1) {
        throw InvalidInputException.of(
            "ptuning4j.registry.every: %s; a millisecond or more is expected", every);
      }
    }

    /** The alias; empty for the newest version. */
    Optional<String> servedAlias() {
      return alias.equals(LATEST) ? Optional.empty() : Optional.of(alias);
    }
  }

  /**
   * How requests of many callers are put together.
   *
   * @param queueSize How many requests may be accepted and not yet answered; further ones are
   *     refused.
   * @param batchTokens Tokens of one batch, padding included.
   * @param timeout How long a request may take, unless its caller says otherwise.
   * @param readers Threads that make tokens of requests while the model computes. Without it, one
   *     for every other processor.
   */
  public record Batching(
      @DefaultValue("1024") int queueSize,
      @DefaultValue("2048") int batchTokens,
      @DefaultValue("30s") Duration timeout,
      Integer readers) {

    /** Checks the values. */
    public Batching {
      settings(queueSize, batchTokens, timeout, readers);
    }

    /** The same for a batcher. */
    BatcherSettings settings() {
      return settings(queueSize, batchTokens, timeout, readers);
    }

    private static BatcherSettings settings(
        int queueSize, int batchTokens, Duration timeout, Integer readers) {
      try {
        return new BatcherSettings(
            queueSize,
            batchTokens,
            timeout,
            readers == null ? BatcherSettings.standard().readers() : readers);
      } catch (InvalidInputException e) {
        throw new InvalidInputException(e.message(setting -> "ptuning4j.batching." + setting), e);
      }
    }
  }
}
