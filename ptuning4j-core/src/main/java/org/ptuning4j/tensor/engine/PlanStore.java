package org.ptuning4j.tensor.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.PlanDecision.Origin;
import org.ptuning4j.tensor.file.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measured plans, in {@code kernels.json} of the cache folder, each under the key of the machine
 * and type that it was measured for. A file of another layout (earlier versions kept plans of busy
 * moments in it) is taken as empty and replaced.
 */
final class PlanStore {

  private static final Logger LOG = LoggerFactory.getLogger(PlanStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LAYOUT = 2;

  private final Path file;

  PlanStore(Path file) {
    this.file = file;
  }

  static PlanStore inCache() {
    return new PlanStore(Torch.cacheFolder().resolve("kernels.json"));
  }

  /** One file. */
  private record Page(int layout, Map<String, Entry> plans) {}

  /** One plan; {@code at} as ISO 8601 writes it. */
  private record Entry(KernelPlan plan, String at, Map<String, Double> gains) {}

  Optional<PlanDecision> find(String key) {
    return Optional.ofNullable(read().get(key))
        .map(
            entry ->
                new PlanDecision(
                    entry.plan(), Origin.MEASURED, Instant.parse(entry.at()), entry.gains()));
  }

  /** Keeps a plan; where the folder cannot be written, it is measured again another time. */
  void keep(String key, PlanDecision decision) {
    Map<String, Entry> plans = new TreeMap<>(read());
    plans.put(key, new Entry(decision.plan(), decision.at().toString(), decision.gains()));
    try {
      Files.createDirectories(file.getParent());
      byte[] bytes =
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new Page(LAYOUT, plans));
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is not kept: {}", file, e.getMessage());
    }
  }

  private Map<String, Entry> read() {
    try {
      if (Files.exists(file)) {
        Page page = JSON.readValue(file.toFile(), Page.class);
        if (page.layout() == LAYOUT && page.plans() != null) {
          return page.plans();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is made anew: {}", file, e.getMessage());
    }
    return Map.of();
  }
}
