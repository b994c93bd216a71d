package org.ptuning4j.tensor.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The processor, as precisely as the system tells: names are shared by generations (a Zen 3 and a
 * Zen 5 may both be called "AMD EPYC"), family and model are not.
 *
 * @param name as it is sold
 * @param vendor for example {@code AuthenticAMD}; empty where the system does not tell
 * @param family its number, as a text; empty where the system does not tell
 * @param model its number within the family, as a text; empty where the system does not tell
 * @param features the instruction sets that matter here and may be used, such as {@code amx_bf16}
 * @param limits the environment's settings that hold the libraries down to older instructions, such
 *     as {@code ONEDNN_MAX_CPU_ISA=AVX2}; none of them is usual
 */
public record Processor(
    String name,
    String vendor,
    String family,
    String model,
    Set<String> features,
    Map<String, String> limits) {

  private static final Set<String> INTERESTING =
      Set.of(
          "avx2",
          "avx512f",
          "avx512_bf16",
          "amx_bf16",
          "amx_tile",
          "avx512_vnni",
          "avx_vnni",
          "asimd",
          "bf16");

  /** What oneDNN, libtorch's own kernels and OpenBLAS read when they load. */
  private static final List<String> LIMITS =
      List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "OPENBLAS_CORETYPE");

  /** oneDNN computes products in bf16, so its limit decides whether there are instructions. */
  private static final List<String> ONEDNN_LIMITS =
      List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

  /** Copies features and limits. */
  public Processor {
    features = Set.copyOf(features);
    limits = Map.copyOf(limits);
  }

  /**
   * Reads what Linux says.
   *
   * @param cpuinfo the lines of {@code /proc/cpuinfo}; empty on other systems
   * @param environment where limits may be set
   */
  static Processor read(List<String> cpuinfo, Map<String, String> environment) {
    Map<String, String> first = new LinkedHashMap<>();
    for (String line : cpuinfo) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        if (!first.isEmpty()) {
          break; // the second core's lines follow
        }
      } else {
        first.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    Map<String, String> limits = new LinkedHashMap<>();
    LIMITS.forEach(
        limit -> {
          if (environment.containsKey(limit)) {
            limits.put(limit, environment.get(limit));
          }
        });
    Set<String> features = new TreeSet<>(flags(first));
    features.retainAll(INTERESTING);
    ONEDNN_LIMITS.forEach(limit -> hold(features, limits.getOrDefault(limit, "")));
    return new Processor(
        first.getOrDefault("model name", elsewhere(environment)),
        first.getOrDefault("vendor_id", first.getOrDefault("CPU implementer", "")),
        first.getOrDefault("cpu family", first.getOrDefault("CPU architecture", "")),
        first.getOrDefault("model", first.getOrDefault("CPU part", "")),
        features,
        limits);
  }

  private static List<String> flags(Map<String, String> cpuinfo) {
    String flags = cpuinfo.getOrDefault("flags", cpuinfo.getOrDefault("Features", ""));
    return Arrays.asList(flags.split(" ", -1));
  }

  /** Windows says more than the architecture. */
  private static String elsewhere(Map<String, String> environment) {
    return environment.getOrDefault("PROCESSOR_IDENTIFIER", System.getProperty("os.arch"));
  }

  /** Takes away what oneDNN may not use under a limit such as {@code AVX512_CORE_BF16}. */
  private static void hold(Set<String> features, String limit) {
    String isa = limit.toUpperCase(Locale.ROOT);
    if (isa.isEmpty() || isa.equals("ALL") || isa.equals("DEFAULT")) {
      return;
    }
    if (!isa.contains("AMX")) {
      features.removeIf(feature -> feature.startsWith("amx"));
    }
    boolean bf16 =
        isa.contains("BF16")
            || isa.contains("FP16")
            || isa.contains("AMX")
            || isa.contains("AVX10");
    if (!bf16) {
      features.remove("avx512_bf16");
    }
    if (!isa.startsWith("AVX512") && !isa.startsWith("AVX10")) {
      features.removeIf(feature -> feature.startsWith("avx512"));
    }
    if (isa.equals("AVX") || isa.startsWith("SSE")) {
      features.remove("avx2");
    }
  }

  /** Whether sums of products in 8 bits have instructions of their own. */
  boolean hasInt8Products() {
    return features.contains("avx512_vnni") || features.contains("avx_vnni");
  }

  /** Whether matrix products in bf16 have instructions of their own. */
  public boolean hasBf16Products() {
    return features.contains("amx_bf16") || features.contains("avx512_bf16");
  }

  /** What tells processors apart that may prefer other kernels. */
  String key() {
    return String.join(
        "|",
        vendor,
        "family " + family,
        "model " + model,
        name,
        String.join(" ", new TreeSet<>(features)),
        String.join(" ", limits.entrySet().stream().map(Object::toString).sorted().toList()));
  }
}
