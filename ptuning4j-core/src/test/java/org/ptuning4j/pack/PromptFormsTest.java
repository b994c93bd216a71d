package org.ptuning4j.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.form.BothPrompt;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.PromptForms;

/** The forms of prompts by name, and what packs say of them. */
class PromptFormsTest {

  private static final Map<String, List<Long>> SHAPES =
      Map.of("prompt_embeddings", List.of(3L, 96L), "both_vectors", List.of(3L, 48L));

  /** The text of a pack's description with this prompt, as the first version wrote it. */
  private static String description(String prompt) {
    return """
    {
      "format" : "ptuning4j-pack/1",
      "method" : "p-tuning-v2",
      "settings" : { },
      "prompt" : %s,
      "head" : {
        "kind" : "sequence"
      },
      "task" : null,
      "backbone" : null,
      "provenance" : null,
      "tensors" : { }
    }\
    """
        .formatted(prompt.indent(2).strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        """
        {
          "form" : "deep",
          "length" : 3,
          "layers" : [ 2, 3 ],
          "positions" : "unshifted"
        }\
        """,
        """
        {
          "length" : 3,
          "layers" : [ 1 ],
          "positions" : "shifted"
        }\
        """,
        """
        {
          "form" : "input",
          "length" : 20,
          "placement" : "before-text"
        }\
        """
      })
  void descriptionsOfEarlierPacksAreWrittenAsTheyWere(String prompt) throws IOException {
    String json = description(prompt);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThat(new String(PackFiles.json(PackFiles.facts(bytes)), StandardCharsets.UTF_8))
        .isEqualTo(json);
  }

  @Test
  void aDescriptionWithoutFormIsDeep() {
    PromptForms forms = PromptForms.standard();
    assertThat(forms.of(new Fields("prompt", Map.of("length", 3)))).isSameAs(DeepPrompt.FORM);
    assertThat(forms.of(fields("deep"))).isSameAs(DeepPrompt.FORM);
    assertThat(forms.of(fields("input"))).isSameAs(InputPrompt.FORM);
  }

  @Test
  void whatIsNotRegisteredIsNotTakenForAnother() {
    assertThatThrownBy(() -> PromptForms.standard().of(fields("both")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("prompt.form: 'both'", "deep, deep-separate, input");
    PromptForms more = PromptForms.standard().with(BothPrompt.FORM);
    assertThat(more.of(fields("both"))).isSameAs(BothPrompt.FORM);
    assertThatThrownBy(() -> more.with(BothPrompt.FORM)).hasMessageContaining("'both' already");
  }

  @Test
  void eachFormChecksItsOwnFields() {
    PromptForms forms = PromptForms.standard().with(BothPrompt.FORM);
    forms.check(new Fields("prompt", Map.of("form", "both", "length", 3)), SHAPES);
    assertThatThrownBy(
            () -> forms.check(new Fields("prompt", Map.of("form", "both", "length", 4)), SHAPES))
        .hasMessageContaining("prompt.length is 4, but both_vectors is [3, 48]");
    assertThatThrownBy(() -> forms.check(fields("input"), SHAPES))
        .hasMessageContaining("prompt.placement");
    assertThatThrownBy(() -> forms.check(fields("deep"), SHAPES))
        .hasMessageContaining("prompt.layers");
    assertThatThrownBy(
            () ->
                forms.check(
                    new Fields(
                        "prompt", Map.of("form", "input", "length", 3, "placement", "behind")),
                    SHAPES))
        .hasMessageContaining("'behind' is not one of before-text, first-token, template");
  }

  private static Fields fields(String form) {
    return new Fields("prompt", Map.of("form", form, "length", 3));
  }
}
