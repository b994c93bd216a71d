package org.ptuning4j.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;

/** What is read of the processor, and what follows from it without measuring. */
class ProcessorTest {

  private static List<String> cpuinfo(String family, String model, String flags) {
    return List.of(
        "processor\t: 0",
        "vendor_id\t: AuthenticAMD",
        "cpu family\t: " + family,
        "model\t\t: " + model,
        "model name\t: AMD EPYC",
        "flags\t\t: " + flags,
        "",
        "processor\t: 1",
        "vendor_id\t: Another",
        "model\t\t: 99");
  }

  @Test
  void generationsOfOneNameAreApart() {
    Processor zen3 = Processor.read(cpuinfo("25", "1", "fpu avx2"), Map.of());
    Processor zen5 = Processor.read(cpuinfo("26", "2", "fpu avx2 avx512f avx512_bf16"), Map.of());
    assertThat(zen3.name()).isEqualTo(zen5.name()).isEqualTo("AMD EPYC");
    assertThat(zen3.key()).isNotEqualTo(zen5.key()).contains("AuthenticAMD", "family 25", "avx2");
    assertThat(zen3.hasBf16Products()).isFalse();
    assertThat(zen5.hasBf16Products()).isTrue();
  }

  @Test
  void anArmProcessorHasItsOwnWords() {
    Processor arm =
        Processor.read(
            List.of("CPU implementer\t: 0x41", "CPU part\t: 0xd40", "Features\t: fp asimd bf16"),
            Map.of());
    assertThat(arm.key()).contains("0x41", "0xd40", "asimd bf16");
  }

  @Test
  void whereNothingIsToldTheArchitectureStands() {
    assertThat(Processor.read(List.of(), Map.of()).name()).isEqualTo(System.getProperty("os.arch"));
    assertThat(Processor.read(List.of(), Map.of("PROCESSOR_IDENTIFIER", "AMD64 Family 25")).name())
        .isEqualTo("AMD64 Family 25");
  }

  @ParameterizedTest
  @CsvSource({
    "AVX2, false, avx2",
    "avx2_vnni, false, avx2",
    "AVX512_CORE_VNNI, false, avx2 avx512_vnni avx512f",
    "AVX512_CORE_BF16, true, avx2 avx512_bf16 avx512_vnni avx512f",
    "AVX512_CORE_AMX, true, amx_bf16 amx_tile avx2 avx512_bf16 avx512_vnni avx512f",
    "DEFAULT, true, amx_bf16 amx_tile avx2 avx512_bf16 avx512_vnni avx512f",
    "SSE41, false, ''",
  })
  void limitsOfOneDnnAreHonoured(String limit, boolean bf16, String features) {
    List<String> all =
        cpuinfo("25", "17", "fpu avx2 avx512f avx512_vnni avx512_bf16 amx_bf16 amx_tile");
    Processor held = Processor.read(all, Map.of("ONEDNN_MAX_CPU_ISA", limit));
    assertThat(held.hasBf16Products()).isEqualTo(bf16);
    assertThat(String.join(" ", held.features().stream().sorted().toList())).isEqualTo(features);
    assertThat(held.key()).isNotEqualTo(Processor.read(all, Map.of()).key());
  }

  @ParameterizedTest
  @CsvSource({
    "avx2, F32, CONVOLUTION, FUSED, FUSED",
    "avx2 avx512f avx512_bf16, F32, CONVOLUTION, FUSED, FUSED",
    "avx2 avx512f avx512_bf16, BF16, MATMUL, MATMUL, MATMUL",
    "avx2 avx512f amx_bf16, BF16, MATMUL, MATMUL, FUSED",
  })
  void rulesFollowFromInstructionsTypeAndDirection(
      String flags, Dtype dtype, Linear linear, Attention training, Attention inference) {
    Processor processor = Processor.read(cpuinfo("25", "1", flags), Map.of());
    assertThat(KernelRules.plan(processor, "cpu", dtype))
        .isEqualTo(new KernelPlan(linear, training, inference));
  }
}
