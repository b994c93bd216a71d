/** Certificates: from PEM or PKCS12, taken anew when their files change. */
package org.ptuning4j.server.tls;
