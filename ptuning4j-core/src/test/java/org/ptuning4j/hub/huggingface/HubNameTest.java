package org.ptuning4j.hub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class HubNameTest {

  @Test
  void namesAreRead() {
    assertThat(HubName.parse("google-bert/bert-base_uncased.v1"))
        .contains(new HubName("google-bert", "bert-base_uncased.v1", "main"));
    assertThat(HubName.parse("a/b@refs/pr/1")).contains(new HubName("a", "b", "refs/pr/1"));
    assertThat(HubName.parse("a/b@v1.0+x")).contains(new HubName("a", "b", "v1.0+x"));
    assertThat(new HubName("a", "b", "main")).hasToString("a/b@main");
    assertThat(new HubName("a", "b", "0".repeat(40)).isPinned()).isTrue();
    assertThat(new HubName("a", "b", "0".repeat(39)).isPinned()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert-mini", "a/b/c", "./a", "../a/b", "/a/b", "a/", "/a", "a b/c", "C:\\a", ""})
  void pathsAreNoNames(String text) {
    assertThat(HubName.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a--b/c",
        "a/b..c",
        "a/b.git",
        "a-/b",
        "a/b.",
        "a/b@",
        "a/b@../x",
        "a/b@x/../y",
        "a/b@/x",
        "a/b@x//y",
        "a/b@x y",
        "a/b@.x",
        "a/b@x\\y",
        "a/b@x/."
      })
  void whatTheHubDoesNotAllowIsRefused(String text) {
    assertThatThrownBy(() -> HubName.parse(text)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void snapshotsAreRecognised() {
    String commit = "a".repeat(40);
    Path cache = Path.of("/c/models--owner--my-name");
    assertThat(HubName.ofSnapshot(cache.resolve("snapshots").resolve(commit)))
        .contains(new HubName("owner", "my-name", commit));
    assertThat(HubName.ofSnapshot(cache.resolve("snapshots/main"))).isEmpty();
    assertThat(HubName.ofSnapshot(cache.resolve(commit))).isEmpty();
    assertThat(HubName.ofSnapshot(Path.of("/snapshots").resolve(commit))).isEmpty();
    assertThat(HubName.ofSnapshot(Path.of("/c/datasets--a--b/snapshots").resolve(commit)))
        .isEmpty();
    assertThat(HubName.ofSnapshot(Path.of("/"))).isEmpty();
  }
}
