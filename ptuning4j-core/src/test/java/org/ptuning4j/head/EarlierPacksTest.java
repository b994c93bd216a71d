package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.standard.Heads;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.tensor.RandomStream;

/**
 * The {@code head} of packs of earlier versions: each kind is read as what it was, and written in
 * the same words. Never adapt these texts to the code: packs that hold them exist.
 */
class EarlierPacksTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Arguments> packs() {
    return Stream.of(
        Arguments.of(
            "{'kind':'sequence','labels':3,'input':'first-token','dropout':0.1}",
            LinearHeadSpec.sequence(3, SequenceInput.FIRST_TOKEN, 0.1)),
        Arguments.of(
            "{'kind':'sequence','labels':2,'input':'pooler','dropout':0.0}",
            LinearHeadSpec.sequence(2, SequenceInput.POOLER, 0)),
        Arguments.of(
            "{'kind':'multi-label','labels':1,'input':'dense','dropout':0.25}",
            LinearHeadSpec.multiLabel(1, SequenceInput.DENSE, 0.25)),
        Arguments.of(
            "{'kind':'regression','input':'pooler','dropout':0.1}",
            LinearHeadSpec.regression(SequenceInput.POOLER, 0.1)),
        Arguments.of(
            "{'kind':'choice','loss':'softmax','input':'pooler','dropout':0.1}",
            LinearHeadSpec.choice(SequenceInput.POOLER, 0.1)),
        Arguments.of(
            "{'kind':'choice','loss':'binary','input':'first-token','dropout':0.1}",
            LinearHeadSpec.eachCandidate(SequenceInput.FIRST_TOKEN, 0.1)),
        Arguments.of("{'kind':'token','labels':9,'dropout':0.1}", new TokenHeadSpec(9, 0.1)),
        Arguments.of(
            "{'kind':'crf','labels':9,'dropout':0.1}", new TokenHeadSpec(9, 0.1, TagHead.CRF)),
        Arguments.of("{'kind':'span'}", new SpanHeadSpec()),
        Arguments.of(
            "{'kind':'verbalizer','words':[[2103],[1503,7],[3674]],'calibrated':true}",
            new VerbalizerHeadSpec(List.of(List.of(2103), List.of(1503, 7), List.of(3674)), true)),
        Arguments.of(
            "{'kind':'candidates','length':'mean'}",
            new CandidateHeadSpec(CandidateHeadSpec.Length.MEAN)),
        Arguments.of(
            "{'kind':'candidates','length':'sum'}",
            new CandidateHeadSpec(CandidateHeadSpec.Length.SUM)),
        Arguments.of(
            "{'kind':'vocabulary','candidates':[4,0]}", new VocabularyHeadSpec(List.of(4, 0))),
        Arguments.of("{'kind':'vocabulary','candidates':[]}", new VocabularyHeadSpec(List.of())),
        Arguments.of("{'kind':'language-model'}", new LanguageModelHeadSpec()));
  }

  @ParameterizedTest
  @MethodSource("packs")
  void areReadAndWrittenAsEver(String text, HeadSpec expected) throws JsonProcessingException {
    String json = text.replace('\'', '"');
    HeadSpec read = Heads.standard().read(JSON.readValue(json, new TypeReference<>() {}));
    assertThat(read).isEqualTo(expected);
    assertThat(JSON.writeValueAsString(expected.settings())).isEqualTo(json);
  }

  @Test
  void noKindIsLeftOut() {
    List<String> kinds = packs().map(each -> ((HeadSpec) each.get()[1]).kind()).distinct().toList();
    assertThat(kinds).containsExactlyInAnyOrderElementsOf(Heads.standard().kinds());
  }

  /** Their tensors' names and shapes, which are as much a part of a pack. */
  @Test
  void theirTensorsHaveTheSameNames() {
    assertThat(tensors(SequenceInput.POOLER))
        .containsExactly("classifier.weight", "classifier.bias");
    assertThat(tensors(SequenceInput.FIRST_TOKEN))
        .containsExactly("classifier.weight", "classifier.bias");
    assertThat(tensors(SequenceInput.DENSE))
        .containsExactly(
            "classifier.dense.weight",
            "classifier.dense.bias",
            "classifier.out_proj.weight",
            "classifier.out_proj.bias");
    assertThat(tensors(new TokenHeadSpec(2, 0)))
        .containsExactly("classifier.weight", "classifier.bias");
    assertThat(tensors(new TokenHeadSpec(2, 0, TagHead.CRF)))
        .containsExactly("classifier.weight", "classifier.bias", "transitions");
  }

  private static List<String> tensors(SequenceInput input) {
    return tensors(LinearHeadSpec.regression(input, 0));
  }

  private static List<String> tensors(HeadSpec spec) {
    try (FakeBackbone backbone = new FakeBackbone(false);
        Head head = spec.create(backbone, RandomStream.of(1))) {
      return List.copyOf(head.saved().keySet());
    }
  }
}
