package org.ptuning4j.hub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Set;
import org.ptuning4j.InvalidInputException;

/**
 * What the hub says a repository holds at a revision.
 *
 * @param commit the commit that the revision is
 * @param files the names of its files, as the hub gives them: untrusted
 */
record HubListing(String commit, Set<String> files) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads an answer of {@code /api/models/…/revision/…}.
   *
   * @param uri what was asked, for messages
   * @throws InvalidInputException if the answer is something else, such as a page to log in at
   */
  static HubListing parse(byte[] answer, URI uri) {
    JsonNode json;
    try {
      json = JSON.readTree(answer);
    } catch (IOException e) {
      throw noHub(uri, e);
    }
    if (json == null || !HubName.isCommit(json.path("sha").asText())) {
      throw noHub(uri, null);
    }
    Set<String> files = new LinkedHashSet<>();
    for (JsonNode sibling : json.path("siblings")) {
      String name = sibling.path("rfilename").asText();
      if (NeededFiles.isInside(name)) {
        files.add(name);
      }
    }
    return new HubListing(json.path("sha").asText(), files);
  }

  private static InvalidInputException noHub(URI uri, Exception cause) {
    return new InvalidInputException(
        "model: "
            + uri
            + " does not answer as a hub does; see whether HF_ENDPOINT is right, and whether a"
            + " proxy or a page to log in at stands between",
        cause);
  }
}
