/* A connection from accept to close: its credentials, its certificate, and whether that still holds. */
#include <stdlib.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/time.h"
#include "http/identity.h"
#include "http/parts.h"

struct http_connection *http_connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static int socket_of(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static gnutls_alert_description_t alert_for(unsigned status)
{
	if (status & GNUTLS_CERT_REVOKED)
		return GNUTLS_A_CERTIFICATE_REVOKED;
	if (status & GNUTLS_CERT_EXPIRED)
		return GNUTLS_A_CERTIFICATE_EXPIRED;
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
		return GNUTLS_A_UNKNOWN_CA;
	return GNUTLS_A_BAD_CERTIFICATE;
}

static enum err read_identity(gnutls_session_t session, struct http_identity *identity)
{
	unsigned count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
	return count ? identity_read(chain[0].data, chain[0].size, identity) : ERR_INPUT;
}

/* Within the handshake. GnuTLS ends it on a failure but leaves telling the client why to us. */
static int verify(gnutls_session_t session)
{
	struct http_connection *connection = http_connection_of(gnutls_session_get_ptr(session));
	unsigned status = connection ? credentials_status(session) : (unsigned)GNUTLS_CERT_INVALID;
	if (!status && !read_identity(session, &connection->identity))
		return 0;
	log_event(LOG_INFO, "certificate_refused", "\"status\":%u", status);
	gnutls_alert_send(session, GNUTLS_AL_FATAL, alert_for(status));
	return GNUTLS_E_CERTIFICATE_ERROR;
}

static void secure(struct http_connection *connection)
{
	connection->credentials = credentials_share(connection->server->credentials);
	credentials_apply(connection->credentials, connection->session);
	gnutls_session_set_verify_function(connection->session, verify);
}

static void link_connection(struct http_connection *connection)
{
	struct http_server *server = connection->server;
	connection->next = server->connections;
	if (connection->next)
		connection->next->previous = connection;
	server->connections = connection;
	server->connection_count++;
}

static void unlink_connection(struct http_connection *connection)
{
	struct http_server *server = connection->server;
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		server->connections = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	server->connection_count--;
}

/* NULL when memory is out: then libmicrohttpd's own credentials, which hold no key, let nobody in. */
static struct http_connection *start(struct http_server *server, struct MHD_Connection *mhd)
{
	struct http_connection *connection = calloc(1, sizeof *connection);
	if (!connection)
		return NULL;
	connection->server = server;
	connection->mhd = mhd;
	connection->socket = socket_of(mhd);
	if (server->credentials)
		connection->session =
			MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
	link_connection(connection);
	if (connection->session)
		secure(connection);
	http_deadline_set(connection, server->settings.headers_deadline_us);
	return connection;
}

/* libmicrohttpd looks at the listener again at its next run only, when the cap or want of descriptors had it look away. */
static void end(struct http_connection *connection)
{
	http_deadline_release(connection);
	http_server_wake(connection->server);
	unlink_connection(connection);
	credentials_release(connection->credentials);
	free(connection);
}

void http_connection_notice(void *server, struct MHD_Connection *mhd, void **socket_context,
			    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = start(server, mhd);
		if (!*socket_context)
			shutdown(socket_of(mhd), SHUT_RDWR);
	} else if (*socket_context) {
		end(*socket_context);
	}
}

/* Once a connection for each reload: its certificate, which GnuTLS has kept, against the new authorities and lists. */
static const struct http_fault *verify_again(struct http_connection *connection)
{
	struct http_credentials *before = connection->credentials;
	connection->credentials = credentials_share(connection->server->credentials);
	credentials_apply(connection->credentials, connection->session);
	credentials_release(before);
	unsigned status = credentials_status(connection->session);
	if (!status)
		return NULL;
	return status & GNUTLS_CERT_EXPIRED ? &http_fault_expired : &http_fault_revoked;
}

const struct http_fault *http_connection_check(struct http_connection *connection)
{
	if (!connection->session)
		return NULL;
	if (time_now_us() > connection->identity.not_after_us)
		return &http_fault_expired;
	if (http_revocations(connection->server) == HTTP_REVOCATIONS_EXPIRED)
		return &http_fault_revocations;
	return connection->credentials == connection->server->credentials ? NULL : verify_again(connection);
}

void http_connection_hang_up(struct http_connection *connection)
{
	shutdown(connection->socket, SHUT_RD);
}

void http_connection_cut(struct http_connection *connection)
{
	shutdown(connection->socket, SHUT_RDWR);
}
