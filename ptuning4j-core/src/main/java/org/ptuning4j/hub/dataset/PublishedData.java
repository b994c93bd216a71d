package org.ptuning4j.hub.dataset;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.hub.download.Checksum;

/**
 * A data set as its authors publish it, with the sizes and checksums that others have published of
 * those files (Hugging Face's {@code datasets}, in the {@code dataset_infos.json} of its version
 * 2).
 *
 * @param task the built-in task that reads it
 * @param files what is fetched
 * @param train the file to train on; empty for a diagnostic set, which has none
 * @param dev the file to evaluate on
 */
record PublishedData(String task, List<PublishedFile> files, Optional<String> train, String dev) {

  private static final String GLUE = "https://dl.fbaipublicfiles.com/glue/data/";
  private static final String SUPERGLUE = "https://dl.fbaipublicfiles.com/glue/superglue/data/v2/";
  private static final String SQUAD = "https://rajpurkar.github.io/SQuAD-explorer/dataset/";

  private static final Map<String, PublishedData> ALL = all();

  /** Copies the list. */
  PublishedData {
    files = List.copyOf(files);
  }

  private static Map<String, PublishedData> all() {
    List<PublishedData> sets =
        List.of(
            superGlue(
                "boolq",
                "BoolQ",
                4_118_001,
                "853fbe7922f70c59629f06a39e8d9ca440c3d740e760fd3b87a5ddf3dcba2436"),
            superGlue(
                "cb",
                "CB",
                75_482,
                "8d641383298d54554066ba1c93f56ae7410af75df621b90c63028806bbbbb535"),
            superGlue(
                "copa",
                "COPA",
                43_986,
                "405906cddac74bc1e1ce8220f1107d1025b66a25ef10149d91b10bb30651125f"),
            superGlue(
                "multirc",
                "MultiRC",
                1_116_225,
                "b3cd440856e72eb166b2edcd37b798455f1ebd51f2c3de64c0c2a4e1971d2737"),
            superGlue(
                "record",
                "ReCoRD",
                51_757_880,
                "30c7b651ab21b8bf8fab986495cd1084333010e040548f861b839eec0044ac18"),
            superGlue(
                "rte",
                "RTE",
                750_920,
                "6310aab3f000424c9d0318a1ff20692e07c7f4aa15e8f17a5972ea0a35c398b9"),
            superGlue(
                "wic",
                "WiC",
                396_213,
                "ee7e67f4ae9eafbf533780faa198e62167f3cda54256cdf261877be3c0e90900"),
            superGlue(
                "wsc",
                "WSC",
                32_751,
                "2ed6dfa94556b4a128ff0441efe365b2e883124e7e6aa00fb8d3a6cb1fd520a9"),
            diagnostic(
                "axb",
                "AX-b",
                33_950,
                "43b45c55a273575c58a33cd68f10a971f83daa3aa223bfbc4077b92fbdf960b3"),
            diagnostic(
                "axg",
                "AX-g",
                10_413,
                "2d4e00d3a7d23d2c3787ee4c1382cc81a72cb05a76fc9d78d142949247ed61b9"),
            archive(
                "sst2",
                GLUE + "SST-2.zip",
                7_439_277,
                "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa",
                Optional.of("train.tsv"),
                "dev.tsv"),
            squad(
                "squad1",
                "v1.1",
                30_288_272,
                "3527663986b8295af4f7fcdff1ba1ff3f72d07d61a20f487cb238a6ef92fd955",
                4_854_279,
                "95aa6a52d5d6a735563366753ca50492a658031da74f301ac5238b03966972c9"),
            squad(
                "squad2",
                "v2.0",
                42_123_633,
                "68dcfbb971bd3e96d5b46c7177b16c1a4e7d4bdef19fb204502738552dede002",
                4_370_528,
                "80a5225e94905956a6446d296ca1093975c4d3b3260f1d6c8f68bc2ab77182d8"));
    Map<String, PublishedData> byTask = new LinkedHashMap<>();
    sets.forEach(set -> byTask.put(set.task(), set));
    return byTask;
  }

  private static PublishedData superGlue(String task, String name, long size, String sha256) {
    return archive(
        task, SUPERGLUE + name + ".zip", size, sha256, Optional.of("train.jsonl"), "val.jsonl");
  }

  private static PublishedData diagnostic(String task, String name, long size, String sha256) {
    return archive(
        task, SUPERGLUE + name + ".zip", size, sha256, Optional.empty(), name + ".jsonl");
  }

  private static PublishedData archive(
      String task, String address, long size, String sha256, Optional<String> train, String dev) {
    Map<String, String> entries = new LinkedHashMap<>();
    train.ifPresent(name -> entries.put(name, name));
    entries.put(dev, dev);
    PublishedFile file =
        new PublishedFile(
            URI.create(address), size, Checksum.sha256(sha256), entries, "archive.zip");
    return new PublishedData(task, List.of(file), train, dev);
  }

  private static PublishedData squad(
      String task,
      String version,
      long trainSize,
      String trainSha256,
      long devSize,
      String devSha256) {
    String train = "train-" + version + ".json";
    String dev = "dev-" + version + ".json";
    return new PublishedData(
        task,
        List.of(
            new PublishedFile(
                URI.create(SQUAD + train),
                trainSize,
                Checksum.sha256(trainSha256),
                Map.of(),
                train),
            new PublishedFile(
                URI.create(SQUAD + dev), devSize, Checksum.sha256(devSha256), Map.of(), dev)),
        Optional.of(train),
        dev);
  }

  /** The data set of a task. */
  static Optional<PublishedData> of(String task) {
    return Optional.ofNullable(ALL.get(task));
  }

  /** The tasks whose data can be fetched. */
  static Set<String> tasks() {
    return ALL.keySet();
  }
}
