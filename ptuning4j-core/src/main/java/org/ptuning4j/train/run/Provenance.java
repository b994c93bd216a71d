package org.ptuning4j.train.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.Version;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Examples;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.Engine;

/** Where a result comes from: versions, machine, and fingerprints of model and data. */
public final class Provenance {

  private Provenance() {}

  /** Versions of the library, libtorch and Java, and the machine. */
  public static Map<String, String> versions(Engine engine) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("ptuning4j", Version.current());
    versions.put("libtorch", Torch.version());
    versions.put("java", System.getProperty("java.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("cpu", engine.machine().cpu() + ", " + Torch.threads() + " threads");
    return versions;
  }

  /**
   * What model and data were, by their content.
   *
   * @param files what {@link #files} says of each task, by the task's name
   */
  public static Map<String, Object> fingerprints(
      ModelFolder folder, Backbone backbone, Map<String, Map<String, Object>> files) {
    Map<String, Object> fingerprints = new LinkedHashMap<>();
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("id", folder.name());
    model.put("weights_sha256", backbone.weightsHash());
    fingerprints.put("model", model);
    if (files.size() == 1) {
      files.values().forEach(fingerprints::putAll);
    } else {
      fingerprints.putAll(files);
    }
    return fingerprints;
  }

  /**
   * All that a model's states follow from besides its input: weights, configuration, precision,
   * machine and kernels, libtorch and this library.
   */
  public static String computation(ModelFolder folder, Backbone backbone) {
    Engine engine = backbone.engine();
    return String.join(
        "\n",
        backbone.weightsHash(),
        folder.config().toString(),
        engine.precision().label(),
        engine.device(),
        engine.machine().cpu(),
        engine.plan().describe(),
        Torch.version(),
        Version.current());
  }

  /** Name, fingerprint and rows of both files of a task. */
  public static Map<String, Object> files(Examples<?> train, Examples<?> dev) {
    Map<String, Object> files = new LinkedHashMap<>();
    files.put("train", fingerprint(train));
    files.put("dev", fingerprint(dev));
    return files;
  }

  private static Map<String, Object> fingerprint(Examples<?> examples) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", examples.file().getFileName().toString());
    facts.put("fingerprint", examples.fingerprint());
    facts.put("rows", examples.examples().size());
    return facts;
  }
}
